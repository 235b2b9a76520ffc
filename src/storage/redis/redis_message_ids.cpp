#include "storage/redis/redis_message_ids.hpp"

#include "observe/stats/log_failure.hpp"
#include "storage/random_epoch.hpp"
#include "worker/spawn.hpp"

#include <utility>

namespace gim::storage {

namespace {

constexpr unsigned numbers = 1U << message_ids::worker_bits_of_many;
// Numbers are tried at random. So many in vain: nearly all are somebody's.
constexpr int most_tries = 64;

unsigned any_number() {
    return static_cast<unsigned>(random_number() % numbers);
}

}  // namespace

redis_message_ids::redis_message_ids(worker::worker& home, redis_access& access, std::string owner)
    : home_(home),
      access_(access),
      owner_(std::move(owner)),
      ids_(0, random_number(), message_ids::worker_bits_of_many),
      timer_([this] {
          home_.arm(timer_, renewal_interval);
          renew();
      }) {}

void redis_message_ids::start() {
    home_.arm(timer_, renewal_interval);
}

std::optional<std::string> redis_message_ids::next(std::int64_t now_ms) {
    if (!lease_.holds(clock::now())) {
        renew();
        return std::nullopt;
    }
    return ids_.next(now_ms);
}

// Without an answer, or with none that is of use, it is claimed later: what is read needs no ids.
boost::asio::awaitable<void> redis_message_ids::claim(redis::early c) {
    const auto time = lease_time.count();
    for (int tries = 0; tries < most_tries; ++tries) {
        const auto wanted = number_.value_or(any_number());
        const auto key = access_.keys().number(wanted);
        const auto asked_at = clock::now();
        redis::call claimed(
            c, "EVALSHA", access_.name_of(redis_script::claim_number), "1", key, owner_, time
        );
        co_await claimed.done();
        if (access_.refusal(claimed)) {
            co_return;
        }
        if (claimed.reply().integer() == 1) {
            lease_.renewed(asked_at);
            if (number_ != wanted) {
                number_ = wanted;
                ids_.set_worker(wanted);
            }
            co_return;
        }
        number_.reset();
        lease_.lost();
    }
    stats::log_failure(stats::failure::storage, {}, "no number for the ids of messages is free");
}

void redis_message_ids::renew() {
    if (access_.is_up() && !renewing_.is_full()) {
        worker::spawn(home_, "message ids", [this] { return claim_again(); });
    }
}

boost::asio::awaitable<void> redis_message_ids::claim_again() {
    const auto permit = renewing_.start();
    const redis::early up{&access_.for_all()};
    co_await claim(up);
}

}  // namespace gim::storage
