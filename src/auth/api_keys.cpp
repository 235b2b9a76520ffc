#include "auth/api_keys.hpp"

#include "base/byte_order_mark.hpp"
#include "model/ids.hpp"

#include <algorithm>
#include <fstream>
#include <new>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace gim::auth {

namespace {

constexpr std::size_t least_secret = 16;
constexpr std::size_t longest_secret = 256;

bool is_visible(char c) noexcept {
    return c > ' ' && c <= '~';
}

std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blank = " \t\r";
    const auto begin = line.find_first_not_of(blank);
    if (begin == std::string_view::npos) {
        return {};
    }
    return line.substr(begin, line.find_last_not_of(blank) - begin + 1);
}

}  // namespace

api_keys::digest api_keys::digest_of(std::string_view secret) {
    digest out;
    unsigned size = 0;
    if (EVP_Digest(secret.data(), secret.size(), out.data(), &size, EVP_sha256(), nullptr) != 1 ||
        size != out.size()) {
        throw std::bad_alloc();  // SHA-256 fails for want of memory only
    }
    return out;
}

api_keys::problem api_keys::add(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
        return "must be NAME=SECRET";
    }
    const auto name = text.substr(0, equals);
    const auto secret = text.substr(equals + 1);
    if (!model::is_valid_id(name)) {
        return "the name must be 1 to 64 of A-Z a-z 0-9 _ - . @";
    }
    if (secret.size() < least_secret || secret.size() > longest_secret ||
        !std::ranges::all_of(secret, is_visible)) {
        return "the secret must be 16 to 256 visible ASCII characters";
    }
    if (find(secret)) {
        return "the secret is that of another key";
    }
    keys_.push_back({std::string(name), digest_of(secret)});
    return {};
}

api_keys::problem api_keys::add_file(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        const auto text =
            trimmed(number == 1 ? base::without_byte_order_mark(line) : std::string_view(line));
        if (text.empty() || text.starts_with('#')) {
            continue;
        }
        if (const auto wrong = add(text)) {
            return "line " + std::to_string(number) + ": " + *wrong;
        }
    }
    if (!file.eof()) {
        return "must be a file that can be read";
    }
    return {};
}

std::optional<std::string_view> api_keys::find(std::string_view secret) const {
    const auto wanted = digest_of(secret);
    const key* found = nullptr;
    for (const auto& k : keys_) {
        if (CRYPTO_memcmp(k.secret.data(), wanted.data(), wanted.size()) == 0) {
            found = &k;
        }
    }
    if (found == nullptr) {
        return std::nullopt;
    }
    return found->name;
}

}  // namespace gim::auth
