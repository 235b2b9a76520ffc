#include "auth/subject.hpp"

#include "auth/base64url.hpp"
#include "model/ids.hpp"

#include <array>
#include <cassert>
#include <new>
#include <openssl/evp.h>

namespace gim::auth {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

bool is_digit(char c) noexcept {
    return digits.find(c) != std::string_view::npos;
}

bool stays(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

// Whether an id has one of the forms that are for mapped subjects.
bool looks_mapped(std::string_view id) noexcept {
    if (!id.starts_with('@')) {
        return false;
    }
    if (id.starts_with("@@")) {
        return true;
    }
    for (std::size_t i = 1; i + 2 < id.size(); ++i) {
        if (id[i] == '.' && is_digit(id[i + 1]) && is_digit(id[i + 2])) {
            return true;
        }
    }
    return false;
}

std::string digest_of(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::bad_alloc();  // SHA-256 fails for want of memory only
    }
    return {digest.begin(), digest.end()};
}

}  // namespace

std::string id_of_subject(std::string_view subject) {
    assert(!subject.empty());
    if (model::is_valid_id(subject) && !looks_mapped(subject)) {
        return std::string(subject);
    }
    std::string id = "@";
    for (const char c : subject) {
        if (stays(c)) {
            id += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            id += {'.', digits[byte / 16], digits[byte % 16]};
        }
    }
    return id.size() <= model::max_id_bytes ? id : "@@" + to_base64url(digest_of(subject));
}

}  // namespace gim::auth
