#include "redis/reply.hpp"

#include "redis/number.hpp"

#include <hiredis/hiredis.h>

namespace gim::redis {

void free_reply::operator()(redisReply* r) const noexcept {
    ::freeReplyObject(r);
}

bool reply_view::is_nil() const noexcept {
    return of_ == nullptr || of_->type == REDIS_REPLY_NIL;
}

bool reply_view::is_error() const noexcept {
    return of_ != nullptr && of_->type == REDIS_REPLY_ERROR;
}

std::string_view reply_view::text() const noexcept {
    const bool is_text =
        of_ != nullptr && (of_->type == REDIS_REPLY_STRING || of_->type == REDIS_REPLY_STATUS ||
                           of_->type == REDIS_REPLY_ERROR);
    return is_text ? std::string_view(of_->str, of_->len) : std::string_view();
}

std::optional<std::int64_t> reply_view::number() const noexcept {
    if (of_ != nullptr && of_->type == REDIS_REPLY_INTEGER) {
        return of_->integer;
    }
    return read_number<std::int64_t>(text());
}

std::size_t reply_view::size() const noexcept {
    return of_ != nullptr && of_->type == REDIS_REPLY_ARRAY ? of_->elements : 0;
}

reply_view reply_view::operator[](std::size_t i) const noexcept {
    return reply_view(i < size() ? of_->element[i] : nullptr);
}

}  // namespace gim::redis
