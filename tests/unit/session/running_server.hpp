#pragma once

#include "auth/authority.hpp"
#include "dialects/gim/codec.hpp"
#include "push/flush_list.hpp"
#include "push/outbox.hpp"
#include "session/services.hpp"
#include "storage/memory/memory_stores.hpp"
#include "support/on_worker.hpp"
#include "support/server_frames.hpp"
#include "support/show_result.hpp"
#include "worker/memory_budget.hpp"
#include "worker/worker_pool.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::test {

// What a connection was pushed, as its client reads it.
struct received_packet {
    std::string session;
    std::string title;
    std::vector<std::string> contents;
    std::vector<std::uint64_t> sequences;  // empty if they were left out
    std::uint64_t skipped = 0;
};

// A client's connection without a socket: it remembers what is written to it.
class device final : public push::outbox_writer {
public:
    device(worker::worker& on, push::connection_id id)
        : home(on),
          ref{on.index(), id, native::wire_form::json_object, {}},
          list_({std::chrono::nanoseconds(0)}, [this] { this->home.post([this] { turn(); }); }),
          box(*this, list_) {}

    node::caller caller() const { return {user, ref, ref.rooms}; }

    void flush() noexcept override {
        while (!box.is_empty()) {
            std::array<iovec, 64> parts;
            const auto n = box.gather(parts);
            std::size_t bytes = 0;
            for (std::size_t i = 0; i < n; ++i) {
                read_.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
                bytes += parts[i].iov_len;
            }
            box.consume(bytes);
        }
        const std::scoped_lock lock(mutex_);
        while (auto f = take_frame(read_)) {
            packets_.push_back(parse(f->payload));
        }
        arrived_.notify_all();
    }

    // What has come so far, and is forgotten then.
    std::vector<received_packet> take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(packets_, {});
    }
    // The same, but waits until `enough` holds of what has come.
    std::vector<received_packet> take_when(
        std::function<bool(const std::vector<received_packet>&)> enough
    ) {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, patience, [&] { return enough(packets_); })) {
            throw std::runtime_error("waited too long for packets");
        }
        return std::exchange(packets_, {});
    }
    std::vector<received_packet> take_at_least(std::size_t count) {
        return take_when([count](const auto& packets) { return packets.size() >= count; });
    }

    worker::worker& home;
    const node::connection_ref ref;
    model::user user;

private:
    void turn() {
        const auto now = push::flush_list::clock::now();
        list_.flush(now);
        list_.finished(now);
    }
    static received_packet parse(const std::string& text) {
        const auto frame = nlohmann::json::parse(text);
        const auto& body = frame.at("body");
        received_packet p{body.at("session").at("id"), body.at("session").at("title"), {}, {}, 0};
        for (const auto& item : body.at("items")) {
            p.contents.push_back(item.at("content"));
            if (item.contains("sequence")) {
                p.sequences.push_back(item.at("sequence"));
            }
        }
        p.skipped = body.value("skipped", std::uint64_t{0});
        return p;
    }

    std::string read_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<received_packet> packets_;
    push::flush_list list_;

public:
    push::outbox box;
};

// All session services on running workers, with stores in memory and a clock that the test sets.
class running_server {
public:
    // What stands before the store in memory of a worker.
    using store_before = std::function<
        std::unique_ptr<storage::store>(worker::worker&, std::unique_ptr<storage::store>)>;

    explicit running_server(
        std::size_t workers,
        push::batch_policy batching = {push::batch_mode::full, 1, std::chrono::milliseconds(1)},
        std::size_t flush_limit = 0,
        std::size_t connections_per_user = 8,
        node::quota_options quotas = {.sends_of_user = {}},
        const std::function<void(node::node&)>& before_start = {},
        std::vector<std::string> traced_users = {},
        const store_before& store = {},
        const storage::memory_limits& limits = {}
    )
        : pool(workers),
          stores(pool),
          all(pool,
              {batching,
               flush_limit,
               [this, store, limits](std::size_t w) -> std::unique_ptr<storage::store> {
                   storage::memory_store_options options;
                   options.epoch = std::string("e");
                   options.most = limits;
                   std::unique_ptr<storage::store> made = stores.make(std::move(options));
                   return store ? store(pool.at(w), std::move(made)) : std::move(made);
               },
               [this] { return clock_ms.load(); },
               {connections_per_user, quotas},
               {},
               {},
               std::move(traced_users),
               {},
               &memory}),
          tokens(auth::authority_options()),
          services(all, tokens) {
        if (before_start) {
            before_start(all);
        }
        pool.start();
    }
    ~running_server() { pool.stop(); }

    // A new connection, on the workers in turn.
    device& connect() {
        auto& home = pool.at(devices_.size() % pool.size());
        devices_.push_back(std::make_unique<device>(home, devices_.size() + 1));
        return *devices_.back();
    }
    // What `question` answers on the device's worker; a refusal is in the result.
    template <class Question>
    auto ask(const device& d, Question question) {
        return run_on(d.home, std::move(question));
    }
    auto login(device& d, const auth::identity& r) {
        auto answer = ask(d, [&] { return services.logins.login(r, d.ref, d.box); });
        if (answer) {
            d.user = answer->user;
        }
        return answer;
    }
    // A new connection of that user, logged in.
    device& log_in(const std::string& id) {
        device& d = connect();
        if (!login(d, {id, {}})) {
            throw std::runtime_error("login refused");
        }
        return d;
    }

    void logout(device& d) {
        ask(d, [&] { return services.logins.logout(d.user, d.ref); });
    }
    auto join(const device& d, const std::string& room) {
        const auto who = d.caller();
        const model::join_request r{room};
        return ask(d, [&] { return services.rooms.join(who, r); });
    }
    auto leave(const device& d, const std::string& room) {
        const auto who = d.caller();
        const model::leave_request r{room};
        return ask(d, [&] { return services.rooms.leave(who, r); });
    }
    auto members(const device& d, const model::members_request& r) {
        const auto who = d.caller();
        return ask(d, [&] { return services.rooms.members(who, r); });
    }
    auto send(const device& d, const model::send_request& r) {
        const auto who = d.caller();
        return ask(d, [&] { return services.sends.send(who, r); });
    }
    auto send_to_user(const device& d, const std::string& to, const std::string& content) {
        return send(d, {model::session_type::private_chat, to, "text", content});
    }
    auto send_to_room(const device& d, const std::string& to, const std::string& content) {
        return send(d, {model::session_type::room, to, "text", content});
    }
    auto history(const device& d, const model::history_request& r) {
        const auto who = d.caller();
        return ask(d, [&] { return services.histories.history(who, r); });
    }
    auto sessions(const device& d, const model::sessions_request& r) {
        const auto who = d.caller();
        return ask(d, [&] { return services.sessions.sessions(who, r); });
    }
    auto find_user(const device& d, std::string_view id) {
        return ask(d, [&, id] { return services.users.find(id); });
    }

    auto find_room(const device& d, std::string_view room) {
        return ask(d, [&, room] { return services.rooms.find(room); });
    }
    auto dismiss(const device& d, std::string_view room) {
        return ask(d, [&, room] { return services.rooms.dismiss(room); });
    }

    // Returns when what was on its way between workers has arrived.
    void settle() {
        constexpr int longest_way = 8;  // workers
        for (int i = 0; i < longest_way; ++i) {
            for (std::size_t w = 0; w < pool.size(); ++w) {
                call_on(pool.at(w), [] {});
            }
        }
    }

    std::atomic<std::int64_t> clock_ms = 1'800'000'000'000;
    worker::memory_budget memory;  // without a limit, until the test sets one
    worker::worker_pool pool;
    storage::memory_stores stores;
    node::node all;
    auth::authority tokens;
    session::services services;

private:
    // Last: what an outbox tells of its end, it tells the node.
    std::vector<std::unique_ptr<device>> devices_;
};

// The code of an answer: 0, or that of the refusal.
template <class T>
int code_of(const model::result<T>& answer) {
    return answer ? 0 : static_cast<int>(answer.error().code);
}

// Every test of a rule runs with one worker and with several.
inline constexpr std::array<std::size_t, 2> worker_counts{1, 3};

}  // namespace gim::test
