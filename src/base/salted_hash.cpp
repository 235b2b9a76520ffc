#include "base/salted_hash.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace gim::base {

namespace {

static_assert(std::endian::native == std::endian::little);

struct sip_state {
    std::uint64_t a, b, c, d;

    void round() noexcept {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b;
        a += d;
        b = std::rotl(b, 17) ^ c;
        d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
    }
    template <int Rounds>
    void mix(std::uint64_t word) noexcept {
        d ^= word;
        for (int i = 0; i < Rounds; ++i) {
            round();
        }
        a ^= word;
    }
};

template <int RoundsOfWord, int RoundsAtEnd>
std::uint64_t sip_hash(std::string_view text, const hash_key& key) noexcept {
    sip_state s{
        key.low ^ 0x736f6d6570736575,
        key.high ^ 0x646f72616e646f6d,
        key.low ^ 0x6c7967656e657261,
        key.high ^ 0x7465646279746573};
    auto last = std::uint64_t{text.size()} << 56;
    for (; text.size() >= sizeof last; text.remove_prefix(sizeof last)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        s.mix<RoundsOfWord>(word);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    s.mix<RoundsOfWord>(last);
    s.c ^= 0xff;
    for (int i = 0; i < RoundsAtEnd; ++i) {
        s.round();
    }
    return s.a ^ s.b ^ s.c ^ s.d;
}

hash_key random_key() {
    std::random_device device;
    const auto number = [&device] { return (std::uint64_t{device()} << 32) | device(); };
    const auto low = number();
    return {low, number()};
}

}  // namespace

std::uint64_t sip_hash_1_3(std::string_view text, const hash_key& key) noexcept {
    return sip_hash<1, 3>(text, key);
}

std::uint64_t sip_hash_2_4(std::string_view text, const hash_key& key) noexcept {
    return sip_hash<2, 4>(text, key);
}

std::uint64_t hash_for_tables(std::string_view text) noexcept {
    static const auto key = random_key();
    return sip_hash_1_3(text, key);
}

std::uint64_t hash_for_homes(std::string_view text) noexcept {
    static const auto key = random_key();
    return sip_hash_1_3(text, key);
}

}  // namespace gim::base
