#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gim::base {

struct hash_key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

// SipHash (Aumasson and Bernstein) with so many rounds for each word and at the end. Without the
// key nobody can choose texts with equal hashes.
std::uint64_t sip_hash_1_3(std::string_view text, const hash_key& key) noexcept;
std::uint64_t sip_hash_2_4(std::string_view text, const hash_key& key) noexcept;

// The hashes of texts that clients choose. Each process has two random keys, so no hash may be
// stored or sent to another process; and the worker of a text says nothing about its place in the
// tables of that worker.
std::uint64_t hash_for_tables(std::string_view text) noexcept;
std::uint64_t hash_for_homes(std::string_view text) noexcept;

}  // namespace gim::base
