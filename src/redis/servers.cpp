#include "redis/servers.hpp"

#include "observe/stats/log_failure.hpp"
#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace gim::redis {

namespace {

// What a server says that is not of a cluster, or does not know what that is.
bool means_no_cluster(std::string_view error) {
    return error.find("cluster support disabled") != std::string_view::npos ||
           error.starts_with("ERR unknown");
}

}  // namespace

servers::servers(worker::worker& home, servers_options options)
    : home_(home), options_(std::move(options)), alarm_(home, [this] {
          if (!asking_.is_full()) {
              worker::spawn(home_, "redis cluster", [this] { return ask(); });
          }
      }) {
    add(options_.where);
}

std::uint16_t servers::add(const url& where) {
    const auto number = clients_.size();
    client_options one;
    one.where = where;
    one.prepare = [this, number](early c) { return prepare(c, number); };
    one.changed = [this, number](bool is_up) { changed(number, is_up); };
    if (number != 0) {
        one.redirect = [this, number](std::string_view error, sent_command& c) {
            return redirect(number, error, c);
        };
    }
    clients_.push_back(std::make_unique<client>(home_, std::move(one)));
    has_shards_.push_back(false);
    return static_cast<std::uint16_t>(number);
}

// A server that is gone for good leaves its number to one that comes, so that a cluster whose
// servers change their addresses does not need ever more.
std::optional<std::uint16_t>
servers::number_of(std::string_view host, std::uint16_t port, std::size_t said_by) {
    auto where = options_.where;
    where.host = host.empty() ? place(said_by).host : std::string(host);
    where.port = port;
    for (std::size_t i = 1; i < clients_.size(); ++i) {
        if (place(i).host == where.host && place(i).port == port) {
            return static_cast<std::uint16_t>(i);
        }
    }
    for (std::size_t i = 1; i < clients_.size(); ++i) {
        if (is_free(i)) {
            clients_[i]->move_to(where);
            has_shards_[i] = false;
            return static_cast<std::uint16_t>(i);
        }
    }
    if (clients_.size() > max_servers) {
        return std::nullopt;
    }
    return add(where);
}

bool servers::is_free(std::size_t server) const {
    return clients_[server]->is_stopped() && !has_keys(server);
}

bool servers::has_keys(std::size_t server) const {
    return slots_.empty() ? server == 0
                          : server != nobody && std::ranges::find(slots_, server) != slots_.end();
}

const url& servers::any_place() const noexcept {
    const auto up = std::ranges::find_if(clients_, [](const auto& c) { return c->is_up(); });
    return up != clients_.end() ? (*up)->place() : options_.where;
}

boost::asio::awaitable<std::string> servers::prepare(early c, std::size_t server) {
    call asked(c, "CLUSTER", "SLOTS");
    co_await asked.done();
    const auto reply = asked.reply();
    if (asked.is_lost()) {
        co_return "lost";
    }
    if (!reply.is_error()) {
        learn(reply, server);
    } else if (server != 0 || !means_no_cluster(reply.text())) {
        co_return std::string(reply.text());
    }
    if (server == nobody && is_cluster()) {
        clients_[nobody]->stop();  // it has said what it knows
        ask_soon(while_one_is_gone);
        co_return std::string();
    }
    if (server != nobody) {
        co_await ask_for_shards(c, server);
    }
    std::string wrong;
    if (has_keys(server)) {
        wrong = co_await options_.prepare(c, server);
    }
    co_return wrong;
}

// Redis has them since 7.0.
boost::asio::awaitable<void> servers::ask_for_shards(early c, std::size_t server) {
    call known(c, "COMMAND", "INFO", "SSUBSCRIBE");
    co_await known.done();
    const bool has_some = !known.is_lost() && known.reply()[0].size() > 0;
    if (has_some != has_shards_[server]) {
        has_shards_[server] = has_some;
        options_.moved();
    }
}

void servers::changed(std::size_t server, bool is_up) {
    if (has_keys(server)) {
        options_.changed(is_up);
    }
    if (is_one_gone()) {
        ask_soon(is_up ? while_one_is_gone : soon);
    }
}

// --- a cluster

bool servers::redirect(std::size_t from, std::string_view error, sent_command& c) {
    if (error.starts_with("CLUSTERDOWN")) {
        ask_soon(while_one_is_gone);
        return false;
    }
    const auto to = parse_redirection(error);
    if (!to || !is_cluster() || c.redirections >= most_redirections) {
        return false;
    }
    const auto number = number_of(to->host, to->port, from);
    if (!number) {
        return false;
    }
    clients_[*number]->start();
    if (!to->is_asking) {
        slots_[to->slot] = *number;
        ask_soon(soon);
    }
    ++c.redirections;
    clients_[*number]->take(std::move(c), to->is_asking);
    return true;
}

void servers::learn(reply_view reply, std::size_t said_by) {
    std::vector<std::uint16_t> slots(slot_count, nobody);
    std::vector<bool> has_some(clients_.size());
    for (const auto& range : parse_slots(reply)) {
        const auto number = number_of(range.host, range.port, said_by);
        if (!number) {
            continue;
        }
        // Before the next one is looked for: it must not get the same number.
        clients_[*number]->start();
        std::fill(slots.begin() + range.first, slots.begin() + range.last + 1, *number);
        has_some.resize(clients_.size());
        has_some[*number] = true;
    }
    if (slots == slots_) {
        return;
    }
    spdlog::info("redis cluster: its keys are on {} servers", std::ranges::count(has_some, true));
    slots_ = std::move(slots);
    for (std::size_t i = 1; i < clients_.size(); ++i) {
        if (has_some[i]) {
            clients_[i]->start();
        } else {
            clients_[i]->stop();
        }
    }
    options_.moved();
}

void servers::ask_soon(std::chrono::milliseconds wait) {
    alarm_.ring_at(worker::alarm::clock::now() + wait);
}

// One after the other, as one may still believe what was true before. If nobody is there, the first
// one says where the others are now.
boost::asio::awaitable<void> servers::ask() {
    const auto permit = asking_.start();
    try {
        co_await ask_one();
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::redis, {}, "redis cluster: {}", e.what());
        ask_soon(while_one_is_gone);
    }
    if (std::ranges::none_of(clients_, [](const auto& each) { return each->is_up(); })) {
        clients_[nobody]->start();
    }
    if (is_one_gone()) {
        ask_soon(while_one_is_gone);
    }
}

boost::asio::awaitable<void> servers::ask_one() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        asked_last_ = (asked_last_ + 1) % clients_.size();
        if (clients_[asked_last_]->is_up()) {
            call asked(*clients_[asked_last_], "CLUSTER", "SLOTS");
            co_await asked.done();
            if (!asked.is_lost() && !asked.reply().is_error()) {
                learn(asked.reply(), asked_last_);
                co_return;
            }
        }
    }
}

bool servers::is_one_gone() const {
    std::vector<bool> is_up(clients_.size());
    for (std::size_t i = 1; i < clients_.size(); ++i) {
        is_up[i] = clients_[i]->is_up();
    }
    return std::ranges::any_of(slots_, [&](auto number) { return !is_up[number]; });
}

}  // namespace gim::redis
