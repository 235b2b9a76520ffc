#include "session/node_choice.hpp"

#include "base/scatter.hpp"

namespace gim::session {

using storage::node_record;

namespace {

// FNV-1a: the same in every build, as all nodes must agree.
std::uint64_t hash(std::string_view text, std::uint64_t so_far) noexcept {
    for (const char c : text) {
        so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return so_far;
}

std::uint64_t weight(std::string_view user, std::string_view node) noexcept {
    constexpr std::string_view between("\0", 1);
    return base::scatter(hash(node, hash(between, hash(user, 0xcbf29ce484222325U))));
}

}  // namespace

std::optional<route_by> parse_route_by(std::string_view word) {
    if (word == "least") {
        return route_by::least;
    }
    if (word == "random") {
        return route_by::random;
    }
    if (word == "loop") {
        return route_by::loop;
    }
    if (word == "hash") {
        return route_by::hash;
    }
    return std::nullopt;
}

const node_record& choose_by_hash(std::string_view user, std::span<const node_record> nodes) {
    const node_record* best = &nodes.front();
    auto most = weight(user, best->address);
    for (const auto& n : nodes.subspan(1)) {
        if (const auto w = weight(user, n.address); w > most) {
            best = &n;
            most = w;
        }
    }
    return *best;
}

const node_record& least_loaded::choose(std::span<const node_record> nodes, std::uint64_t version) {
    if (version != version_) {
        version_ = version;
        sent_.clear();
    }
    const auto load = [this](const node_record& n) {
        const auto found = sent_.find(n.id);
        return n.connections + (found != sent_.end() ? found->second : 0);
    };
    const node_record* best = &nodes.front();
    for (const auto& n : nodes.subspan(1)) {
        if (load(n) < load(*best)) {
            best = &n;
        }
    }
    ++base::value_at(sent_, best->id);
    return *best;
}

}  // namespace gim::session
