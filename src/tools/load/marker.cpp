#include "tools/load/marker.hpp"

#include <bit>
#include <cstring>

namespace gim::load {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t every_byte = 0x0101010101010101;
constexpr char zero = '@';  // its low four bits are 0, and those of '@' + n are n

void write_digits(char* to, std::uint64_t value, std::size_t digits) noexcept {
    for (std::size_t i = digits; i-- > 0; value >>= 4) {
        to[i] = static_cast<char>(zero + (value & 0xf));
    }
}

// Eight digits at once, the first one the most significant. False if one is none.
bool read_digits(const char* at, std::uint64_t& value) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof(bytes));
    bytes = __builtin_bswap64(bytes) ^ (every_byte * static_cast<unsigned char>(zero));
    if ((bytes & (every_byte * 0xf0)) != 0) {
        return false;
    }
    bytes = (bytes | bytes >> 4) & 0x00ff00ff00ff00ff;
    bytes = (bytes | bytes >> 8) & 0x0000ffff0000ffff;
    value = (bytes | bytes >> 16) & 0xffffffff;
    return true;
}

}  // namespace

void marker::write(char* to) const noexcept {
    using std::chrono::nanoseconds;
    const auto since_boot =
        std::chrono::duration_cast<nanoseconds>(intended.time_since_epoch()).count();
    to[0] = '~';
    write_digits(to + 1, sender, 4);
    write_digits(to + 5, index, 8);
    write_digits(to + 13, static_cast<std::uint64_t>(since_boot), 16);
}

bool marker::read(const char* at) noexcept {
    // The sender's four digits are read together with the first four of the index.
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    if (!read_digits(at + 1, head) || !read_digits(at + 5, tail) || !read_digits(at + 13, high) ||
        !read_digits(at + 21, low)) {
        return false;
    }
    sender = static_cast<std::uint16_t>(head >> 16);
    index = static_cast<std::uint32_t>(tail);
    const auto since_boot = static_cast<std::int64_t>(high << 32 | low);
    intended = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(since_boot));
    return true;
}

}  // namespace gim::load
