#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct redisReply;

namespace gim::redis {

// A reply, or one inside of another. Whatever it is, each question has an answer: a text that is
// none is empty, a number that is none is 0. Bytes of Redis are not to be trusted.
class reply_view {
public:
    explicit reply_view(const redisReply* of = nullptr) noexcept : of_(of) {}

    bool is_nil() const noexcept;
    bool is_error() const noexcept;
    // Of a string, a status or an error. Lives as long as the reply.
    std::string_view text() const noexcept;
    // An integer, or the number that a string is.
    std::int64_t integer() const noexcept { return number().value_or(0); }
    // The same; empty if it is neither.
    std::optional<std::int64_t> number() const noexcept;
    std::size_t size() const noexcept;  // of an array
    // Nil beyond the end.
    reply_view operator[](std::size_t i) const noexcept;

private:
    const redisReply* of_;
};

struct free_reply {
    void operator()(redisReply* r) const noexcept;
};
using reply_ptr = std::unique_ptr<redisReply, free_reply>;

}  // namespace gim::redis
