#include "redis/reply_reader.hpp"

#include <hiredis/hiredis.h>
#include <new>

namespace gim::redis {

namespace {

// hiredis' own functions but one.
redisReplyObjectFunctions& within_limits() {
    static redisReplyObjectFunctions functions = [] {
        redisReader* const with_defaults = ::redisReaderCreate();
        if (with_defaults == nullptr) {
            throw std::bad_alloc();
        }
        auto copied = *with_defaults->fn;
        ::redisReaderFree(with_defaults);
        static const auto create_array = copied.createArray;
        copied.createArray = [](const redisReadTask* task, int elements) -> void* {
            auto& left = *static_cast<int*>(task->privdata);
            if (task->parent == nullptr) {
                left = reply_reader::most_elements;
            }
            left = elements > left ? -1 : left - elements;
            return left < 0 ? nullptr : create_array(task, elements);
        };
        return copied;
    }();
    return functions;
}

}  // namespace

void reply_reader::free_reader::operator()(redisReader* r) const noexcept {
    ::redisReaderFree(r);
}

reply_reader::reply_reader() : reader_(::redisReaderCreateWithFunctions(&within_limits())) {
    if (!reader_) {
        throw std::bad_alloc();
    }
    reader_->privdata = &elements_left_;
}

reply_reader::~reply_reader() = default;

bool reply_reader::feed(std::span<const char> bytes) {
    if (::redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        why_ = reader_->errstr;
    } else if (reader_->len - reader_->pos > most_waiting_bytes) {
        why_ = "a reply that does not end";
    }
    return why_.empty();
}

reply_ptr reply_reader::next() {
    void* found = nullptr;
    if (why_.empty() && ::redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
        why_ = elements_left_ < 0 ? "a reply of too many elements" : reader_->errstr;
    }
    return reply_ptr(static_cast<redisReply*>(found));
}

}  // namespace gim::redis
