#include "storage/message_ids.hpp"

#include <string_view>

namespace gim::storage {
namespace {

constexpr unsigned worker_bits = 8;
constexpr unsigned counter_bits = 13;
constexpr std::uint64_t counter_end = std::uint64_t{1} << counter_bits;

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

message_ids::message_ids(unsigned worker, std::uint64_t seed)
    : worker_(worker % (1U << worker_bits)),
      random_state_(seed),
      counter_(random() % (counter_end / 2)) {}

std::string message_ids::next(std::int64_t now_ms) {
    if (now_ms > last_ms_ || ++counter_ == counter_end) {
        last_ms_ = now_ms > last_ms_ ? now_ms : last_ms_ + 1;
        counter_ = random() % (counter_end / 2);
    }
    const auto ms = static_cast<std::uint64_t>(last_ms_);
    return base62(((ms << worker_bits | worker_) << counter_bits) | counter_);
}

void message_ids::begin_behind(std::int64_t ms) noexcept {
    if (ms >= last_ms_) {
        last_ms_ = ms;
        counter_ = counter_end - 1;
    }
}

// splitmix64 (Steele, Lea, Flood 2014): spreads even neighbouring seeds.
std::uint64_t message_ids::random() {
    random_state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = random_state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

}  // namespace gim::storage
