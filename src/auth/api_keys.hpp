#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::auth {

// The secrets by which back ends are known, each with the name of one. A back end may have several,
// so that one can be exchanged for another.
//
// Problem: a secret must be found neither in a log nor in the time that an answer takes. Only its
// digest is kept, and every key is compared to its end.
//
// Threads: const after it was filled; any thread.
class api_keys {
public:
    // What is wrong with an argument, never with the secret in it; empty: nothing.
    using problem = std::optional<std::string>;

    // "NAME=SECRET": 1 to 64 of A-Z a-z 0-9 _ - . @, and 16 to 256 visible ASCII characters.
    problem add(std::string_view text);
    // The same, one a line; empty lines and those that begin with # say nothing.
    problem add_file(const std::string& path);

    bool is_empty() const noexcept { return keys_.empty(); }
    // The back end whose secret that is; empty: nobody's. Valid as long as this object.
    std::optional<std::string_view> find(std::string_view secret) const;

private:
    using digest = std::array<unsigned char, 32>;  // SHA-256

    struct key {
        std::string name;
        digest secret;
    };

    static digest digest_of(std::string_view secret);

    std::vector<key> keys_;
};

}  // namespace gim::auth
