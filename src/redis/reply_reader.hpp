#pragma once

#include "redis/reply.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct redisReader;

namespace gim::redis {

// Takes what comes from Redis apart into replies, with hiredis' parser within limits of ours.
//
// Problem: a length that Redis declares is believed by the parser before the bytes are there; so
// one that no reply to us ever has is an error, and so is more memory than such a reply takes.
class reply_reader {
public:
    // Elements of one reply, in all its arrays, and bytes that wait for the rest of their reply.
    static constexpr int most_elements = 1'000'000;
    static constexpr std::size_t most_waiting_bytes = std::size_t{256} * 1024 * 1024;

    reply_reader();
    ~reply_reader();
    reply_reader(const reply_reader&) = delete;
    reply_reader& operator=(const reply_reader&) = delete;

    // False: that is no Redis, or too much; why() says more, and the reader is of no use any more.
    bool feed(std::span<const char> bytes);
    // Null: the next reply is not there as a whole, or there is an error: why() is not empty then.
    reply_ptr next();
    const std::string& why() const noexcept { return why_; }

private:
    struct free_reader {
        void operator()(redisReader* r) const noexcept;
    };

    // Of the reply that is being read; below 0: there were too many.
    int elements_left_ = most_elements;
    std::unique_ptr<redisReader, free_reader> reader_;
    std::string why_;
};

}  // namespace gim::redis
