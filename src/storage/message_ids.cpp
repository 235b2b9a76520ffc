#include "storage/message_ids.hpp"

#include "base/scatter.hpp"

#include <string_view>

namespace gim::storage {
namespace {

constexpr unsigned bits_below_ms = 21;

// In the order of ASCII, so that texts compare as the numbers do.
constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string base62(std::uint64_t number) {
    std::string text(message_ids::length, digits[0]);
    for (std::size_t i = text.size(); i > 0 && number > 0; --i) {
        text[i - 1] = digits[number % digits.size()];
        number /= digits.size();
    }
    return text;
}

}  // namespace

message_ids::message_ids(unsigned worker, std::uint64_t seed, unsigned worker_bits)
    : worker_bits_(worker_bits),
      counter_bits_(bits_below_ms - worker_bits),
      worker_(worker % (1U << worker_bits)),
      random_state_(seed),
      counter_(random() % (counter_end() / 2)) {}

std::string message_ids::next(std::int64_t now_ms) {
    if (now_ms > last_ms_ || ++counter_ == counter_end()) {
        last_ms_ = now_ms > last_ms_ ? now_ms : last_ms_ + 1;
        counter_ = random() % (counter_end() / 2);
    }
    const auto ms = static_cast<std::uint64_t>(last_ms_);
    return base62(((ms << worker_bits_ | worker_) << counter_bits_) | counter_);
}

void message_ids::set_worker(unsigned worker) noexcept {
    worker_ = worker % (1U << worker_bits_);
    begin_behind(last_ms_);
}

void message_ids::begin_behind(std::int64_t ms) noexcept {
    if (ms >= last_ms_) {
        last_ms_ = ms;
        counter_ = counter_end() - 1;
    }
}

std::uint64_t message_ids::random() {
    random_state_ += base::scatter_step;
    return base::scatter(random_state_);
}

}  // namespace gim::storage
