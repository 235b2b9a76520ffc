#include "session/node_service.hpp"

#include "base/scatter.hpp"
#include "storage/random_epoch.hpp"

#include <algorithm>
#include <utility>

namespace gim::session {

using worker::async_result;

node_service::node_service(node::node& all)
    : all_(all),
      started_(std::chrono::steady_clock::now()),
      seed_(storage::random_number()),
      least_(all.size()) {
    if (auto* const others = all_.at(0).store->nodes()) {
        others->introduce(*this);
    }
}

void node_service::begin_drain() {
    is_draining_ = true;
    auto& teller = all_.at(0);
    teller.thread.run([&teller] {
        if (auto* const others = teller.store->nodes()) {
            others->tell_soon();
        }
    });
}

// Without the rooms, which are known on their workers only.
node_service::record node_service::self() const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    record r;
    r.id = all_.options().name.id;
    r.address = all_.options().name.address;
    r.connections = connections_ ? connections_() : 0;
    // Again each time, as the clock may be set.
    const auto age = duration_cast<milliseconds>(std::chrono::steady_clock::now() - started_);
    r.started_at = all_.now_ms() - age.count();
    r.is_draining = is_draining_;
    return r;
}

boost::asio::awaitable<node_service::record> node_service::describe() {
    return worker::and_return(all_.here().thread, gather());
}

boost::asio::awaitable<node_service::record> node_service::gather() {
    auto r = self();
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& each = all_.at(w);
        co_await worker::hop(each.thread);
        r.rooms += each.rooms.rooms();
    }
    co_return r;
}

void node_service::tell_all() {
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& each = all_.at(w);
        each.thread.run([&each] { each.store->nodes()->tell_all(); });
    }
}

async_result<std::vector<node_service::record>> node_service::list() {
    auto own = co_await describe();
    std::vector<record> living;
    if (auto* const others = all_.here().store->nodes()) {
        const auto known = others->others();
        if (!known) {
            co_return known.error();
        }
        living.assign(known->begin(), known->end());
    }
    living.push_back(std::move(own));
    std::ranges::sort(living, {}, &record::id);
    co_return living;
}

model::result<node_service::record> node_service::route(route_by how, std::string_view user) {
    std::vector<record> candidates;
    std::uint64_t version = 0;
    bool has_address = false;
    const auto consider = [&](const record& r) {
        has_address = has_address || !r.address.empty();
        if (!r.address.empty() && !r.is_draining) {
            candidates.push_back(r);
        }
    };
    consider(self());
    if (auto* const others = all_.here().store->nodes()) {
        const auto known = others->others();
        if (!known) {
            return known.error();
        }
        std::ranges::for_each(*known, consider);
        version = others->others_version();
    }
    if (!has_address) {
        return model::not_found("no node says where to connect: see --advertise-address");
    }
    if (candidates.empty()) {
        return model::error{model::status::unavailable, "no node takes clients now"};
    }
    std::ranges::sort(candidates, {}, &record::id);
    const auto turn = turn_++;
    switch (how) {
        case route_by::least:
            return least_[all_.here().thread.index()].choose(candidates, version);
        case route_by::random:
            return candidates[base::scatter(seed_ + turn * base::scatter_step) % candidates.size()];
        case route_by::loop:
            return candidates[turn % candidates.size()];
        case route_by::hash:
            break;
    }
    return choose_by_hash(user, candidates);
}

std::chrono::milliseconds node_service::uptime_of(const record& r) const {
    const bool is_known = r.started_at > 0;
    return std::chrono::milliseconds(
        is_known ? std::max<std::int64_t>(all_.now_ms() - r.started_at, 0) : 0
    );
}

std::size_t node_service::count() {
    auto* const others = all_.here().store->nodes();
    if (others == nullptr) {
        return 1;
    }
    const auto known = others->others();
    return known ? known->size() + 1 : 1;
}

}  // namespace gim::session
