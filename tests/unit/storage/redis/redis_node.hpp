#pragma once

#include "storage/redis/redis_store.hpp"
#include "support/event_queue.hpp"
#include "support/on_worker.hpp"
#include "support/redis_server.hpp"
#include "support/run.hpp"
#include "worker/worker.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace gim::test {

// Writes down what a feed tells, a line each.
class feed_recorder final : public storage::feed_listener {
public:
    event_queue<std::string> told;
    event_queue<std::string> asked_anew;  // users whose memberships are to be

    // So many of the next calls find no memory.
    std::atomic<int> failures{0};

    void on_message(const model::session_id& room, model::message_ptr m) override {
        fail_perhaps();
        told.push(room.text() + " " + std::to_string(m->sequence) + " " + m->content);
    }
    void on_room_lost(const model::session_id& room) override {
        fail_perhaps();
        told.push("lost " + room.text());
    }
    void on_dismissed(const model::session_id& room) override {
        told.push("dismissed " + room.text());
    }
    void on_private_message(
        std::string_view user,
        model::packet p,
        std::optional<std::uint64_t> except
    ) override {
        fail_perhaps();
        auto line = std::string(user) + " from " + p.title + " " + p.session.text();
        for (const auto& m : p.items) {
            line += " " + std::to_string(m->sequence) + " " + m->content;
        }
        told.push(line + (except ? " except " + std::to_string(*except) : ""));
    }
    void on_user_lost(std::string_view user) override {
        fail_perhaps();
        told.push("lost " + std::string(user));
    }
    void on_disconnect(std::string_view user) override {
        fail_perhaps();
        told.push("disconnect " + std::string(user));
    }
    void on_membership(std::string_view user, std::string_view room) override {
        told.push(std::string(user) + " in " + std::string(room) + "?");
    }
    void on_memberships(std::string_view user) override { asked_anew.push(std::string(user)); }

private:
    void fail_perhaps() {
        if (failures > 0) {
            --failures;
            throw std::bad_alloc();
        }
    }
};

// A store of one node, with verbs that wait for the answer; a refusal throws.
class redis_node {
public:
    redis_node(
        worker::worker& home,
        const redis_server& server,
        std::string name,
        std::size_t history = 100'000,
        std::chrono::milliseconds ttl = std::chrono::hours(1),
        std::chrono::milliseconds epoch_interval = std::chrono::hours(1)
    )
        : home_(home) {
        storage::redis_store_options options;
        options.place.where.port = server.port();
        options.place.ttl = ttl;
        options.place.epoch_interval = epoch_interval;
        options.node = std::move(name);
        options.most.history = history;
        call_on(home_, [&] {
            store_ = std::make_unique<storage::redis_store>(home_, std::move(options));
            store_->changes()->listen(heard);
            store_->start();
        });
        watch_user("nobody");
        call_on(home_, [this] { store_->changes()->unwatch_user("nobody"); });
    }

    feed_recorder heard;
    std::int64_t now_ms = 1000;  // when messages are sent

    std::string next() { return heard.told.next(); }

    // Does it until it is not refused, as while Redis is away.
    template <class Make>
    auto insist(Make make) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        for (;;) {
            auto answer = run_on(home_, make);
            if (answer) {
                return unwrap(std::move(answer));
            }
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("refused all the time");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    void watch(std::string_view room) {
        const auto session = model::session_id::room(room);
        call_on(home_, [&] { store_->changes()->watch(session); });
        insist([&] { return store_->changes()->watching(session); });
    }
    void unwatch(std::string_view room) {
        call_on(home_, [&] { store_->changes()->unwatch(model::session_id::room(room)); });
    }
    void watch_user(std::string_view user) {
        call_on(home_, [&] { store_->changes()->watch_user(user); });
        insist([&] { return store_->changes()->watching_user(user); });
    }

    std::uint64_t append(std::string_view room, std::string content) {
        const auto session = model::session_id::room(room);
        storage::message_draft draft{{"ann", "Ann"}, "text", std::move(content)};
        return unwrap(
                   run_on(home_, [&] { return store_->append(session, std::move(draft), now_ms); })
        ).answer.sequence;
    }
    // Without the touches. The names of users are their ids in capitals.
    storage::receipt append_private(
        const std::string& from,
        const std::string& to,
        std::string content,
        std::uint64_t connection = 0,
        const std::string& request = {}
    ) {
        const auto session = model::session_id::between(from, to);
        storage::message_draft draft{{from, name_of(from)}, "text", std::move(content)};
        draft.delivery.emplace(model::user{to, name_of(to)}, connection);
        if (!request.empty()) {
            draft.request = storage::request_mark{request, 1};
        }
        return unwrap(
                   run_on(home_, [&] { return store_->append(session, std::move(draft), now_ms); })
        ).answer;
    }
    void touch(const std::string& from, const std::string& to, const storage::receipt& last) {
        const auto session = model::session_id::between(from, to);
        for (const auto& user : {from, to}) {
            const auto put = [&] { return store_->touch_private_session(user, session, last); };
            unwrap(run_on(home_, put));
        }
    }
    // As it is sent: to the session, and into the lists of both.
    storage::receipt send(
        const std::string& from,
        const std::string& to,
        std::string content,
        std::uint64_t connection = 0,
        const std::string& request = {}
    ) {
        auto answer = append_private(from, to, std::move(content), connection, request);
        touch(from, to, answer);
        return answer;
    }

    storage::redis_store& store() noexcept { return *store_; }
    worker::worker& home() noexcept { return home_; }

    static std::string name_of(std::string id) {
        for (auto& c : id) {
            c = static_cast<char>(c - 'a' + 'A');
        }
        return id;
    }

private:
    worker::worker& home_;
    std::unique_ptr<storage::redis_store> store_;
};

}  // namespace gim::test
