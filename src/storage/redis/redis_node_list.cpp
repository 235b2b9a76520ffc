#include "storage/redis/redis_node_list.hpp"

#include "storage/redis/redis_node_fields.hpp"
#include "storage/redis/redis_values.hpp"
#include "worker/spawn.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace gim::storage {

namespace {

// As many are looked at, each every second.
constexpr int max_nodes = 1000;

}  // namespace

redis_node_list::redis_node_list(worker::worker& home, redis_access& access, std::string self)
    : home_(home), access_(access), self_(std::move(self)), timer_([this] {
          home_.arm(timer_, interval);
          refresh();
      }) {}

void redis_node_list::start() {
    home_.arm(timer_, interval);
}

void redis_node_list::refresh() {
    if (access_.is_up() && !asking_.is_full()) {
        worker::spawn(home_, "node list", [this] { return ask(); });
    }
}

boost::asio::awaitable<void> redis_node_list::ask() {
    const auto permit = asking_.start();
    const auto asked_at = lease::clock::now();
    const bool is_read = co_await read();
    if (is_read) {
        known_.renewed(asked_at);
    }
}

boost::asio::awaitable<bool> redis_node_list::read() {
    const auto& keys = access_.keys();
    const auto all = keys.nodes();
    redis::call listed(access_.at(all), "ZRANGE", all, "0", max_nodes - 1);
    co_await listed.done();
    if (access_.refusal(listed)) {
        co_return false;
    }
    std::size_t wrong = 0;
    auto ids = read_ids(listed.reply(), wrong);
    std::erase(ids, self_);
    access_.left_out(wrong, all);
    std::deque<redis::call> asked;
    for (const auto& id : ids) {
        const auto key = keys.node(id);
        asked.emplace_back(access_.at(key), "HMGET", key, node_field_names());
    }
    std::vector<node_record> living;
    std::vector<std::string> dead;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto& each = asked[i];
        co_await each.done();
        if (access_.refusal(each)) {
            co_return false;
        }
        std::size_t wrong_fields = 0;
        if (auto node = node_from_fields(ids[i], each.reply(), wrong_fields)) {
            access_.left_out(wrong_fields, keys.node(ids[i]));
            living.push_back(std::move(*node));
        } else {
            dead.push_back(ids[i]);
        }
    }
    if (!dead.empty()) {
        access_.at(all).send("ZREM", all, std::span<const std::string>(dead));
    }
    std::ranges::sort(living, {}, &node_record::id);
    others_ = std::move(living);
    ++version_;
    co_return true;
}

}  // namespace gim::storage
