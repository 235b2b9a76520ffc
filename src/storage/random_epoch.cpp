#include "storage/random_epoch.hpp"

#include <random>
#include <string_view>

namespace gim::storage {

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

std::string random_epoch() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::uint64_t number = random_number(); number > 0; number /= digits.size()) {
        text += digits[number % digits.size()];
    }
    return text.empty() ? "0" : text;
}

}  // namespace gim::storage
