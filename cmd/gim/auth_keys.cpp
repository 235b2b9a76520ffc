#include "gim/auth_keys.hpp"

#include "auth/jwks.hpp"
#include "program/flags/flag.hpp"
#include "program/text_file.hpp"

#include <spdlog/spdlog.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace gim::cmd {

namespace {

[[noreturn]] void refuse(const std::string& flag, const std::string& path, const std::string& why) {
    throw std::runtime_error(flag + ": " + program::quoted(path) + ": " + why);
}

// "KID=FILE", or only the file. A path with '=' in it is written "=PATH".
struct named_file {
    std::optional<std::string> kid;
    std::string path;
};

named_file split(const std::string& text) {
    const auto at = text.find('=');
    if (at == std::string::npos) {
        return {std::nullopt, text};
    }
    auto kid = at == 0 ? std::nullopt : std::optional(text.substr(0, at));
    return {std::move(kid), text.substr(at + 1)};
}

void add_pem(const std::string& text, auth::key_set& to) {
    auto [kid, path] = split(text);
    auto key = auth::verification_key::from_pem(read_key_file("--auth-key", path));
    if (!key) {
        refuse("--auth-key", path, key.error().message);
    }
    if (const auto added = to.add(std::move(kid), *std::move(key)); !added) {
        refuse("--auth-key", path, added.error().message);
    }
}

void add_jwks(const std::string& path, auth::key_set& to) {
    auto set = auth::read_jwks(read_key_file("--auth-jwks", path));
    if (!set) {
        refuse("--auth-jwks", path, set.error().message);
    }
    const auto before = to.size();
    for (auto& one : set->keys) {
        if (const auto added = to.add(std::move(one.kid), std::move(one.key)); !added) {
            set->left_out.push_back(added.error().message);
        }
    }
    if (to.size() == before) {
        refuse("--auth-jwks", path, set->left_out.back());
    }
    for (const auto& why : set->left_out) {
        spdlog::warn("--auth-jwks: {}: a key is left out: {}", program::quoted(path), why);
    }
}

}  // namespace

std::string read_key_file(const std::string& flag, const std::string& path) {
    auto text = program::read_text_file(path);
    if (!text) {
        refuse(flag, path, text.error().message);
    }
    return *std::move(text);
}

auth::key_set read_auth_keys(const serve_options& options) {
    auth::key_set keys;
    for (const auto& text : options.auth_keys) {
        add_pem(text, keys);
    }
    for (const auto& path : options.auth_jwks) {
        add_jwks(path, keys);
    }
    return keys;
}

}  // namespace gim::cmd
