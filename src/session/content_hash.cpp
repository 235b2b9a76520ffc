#include "session/content_hash.hpp"

#include <boost/endian/conversion.hpp>

#include <cstddef>

namespace gim::session {

namespace {

// The rounds of MurmurHash64A (Appleby, public domain).
constexpr std::uint64_t factor = 0xc6a4a7935bd1e995U;

std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) noexcept {
    word *= factor;
    word ^= word >> 47;
    word *= factor;
    return (sum ^ word) * factor;
}

}  // namespace

std::uint64_t content_hash(std::string_view content, std::uint64_t seed) noexcept {
    constexpr std::size_t word_bytes = 8;
    std::uint64_t sum = seed ^ (content.size() * factor);
    for (; content.size() >= word_bytes; content.remove_prefix(word_bytes)) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
        sum = mixed(sum, boost::endian::load_little_u64(bytes));
    }
    std::uint64_t rest = 0;
    for (std::size_t i = content.size(); i > 0; --i) {
        rest = rest << 8 | static_cast<unsigned char>(content[i - 1]);
    }
    sum = mixed(sum, rest);
    sum ^= sum >> 47;
    sum *= factor;
    return sum ^ (sum >> 47);
}

}  // namespace gim::session
