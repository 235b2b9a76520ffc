#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gim::websocket {

// The mask of a client's frame (RFC 6455, 5.3). It goes on where the last piece ended.
class websocket_mask {
public:
    static constexpr std::size_t size = 4;

    websocket_mask() = default;
    explicit websocket_mask(const char* key) noexcept { std::memcpy(key_.data(), key, size); }

    // Masks or unmasks the next bytes of the payload where they lie, eight at a time.
    void apply(char* bytes, std::size_t count) noexcept {
        std::array<std::uint8_t, 2 * size> twice;
        std::memcpy(twice.data(), key_.data(), size);
        std::memcpy(twice.data() + size, key_.data(), size);
        std::uint64_t wide = 0;
        std::memcpy(&wide, twice.data(), sizeof wide);
        std::size_t i = 0;
        for (; count - i >= sizeof wide; i += sizeof wide) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + i, sizeof word);
            word ^= wide;
            std::memcpy(bytes + i, &word, sizeof word);
        }
        for (; i < count; ++i) {
            bytes[i] = static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ twice[i % size]);
        }
        std::memcpy(key_.data(), twice.data() + count % size, size);
    }

private:
    std::array<std::uint8_t, size> key_{};
};

}  // namespace gim::websocket
