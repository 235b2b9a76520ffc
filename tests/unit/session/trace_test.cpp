// Each step of a traced user's messages, on their way over the workers.
#include "support/caught_log.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::push::batch_mode;
using nlohmann::json;

namespace {

const gim::push::batch_policy at_once{batch_mode::full, 1, 1ms};

std::vector<json> steps_of(const running_server& s, const std::string& user) {
    std::vector<json> out;
    const auto seen = s.services.traces.find(user);
    REQUIRE(seen);
    for (const auto& step : seen->steps) {
        out.push_back(json::parse(step));
    }
    return out;
}

// The names of the steps with that sequence, in their order.
std::vector<std::string> way_of(const std::vector<json>& steps, std::uint64_t sequence) {
    std::vector<std::string> out;
    for (const auto& step : steps) {
        if (step.value("sequence", std::uint64_t{0}) == sequence) {
            out.push_back(step.at("step"));
        }
    }
    return out;
}

const json& step_called(const std::vector<json>& steps, const std::string& name) {
    const auto found =
        std::ranges::find_if(steps, [&](const auto& s) { return s.at("step") == name; });
    REQUIRE(found != steps.end());
    return *found;
}

auto start(running_server& s, const device& on, const std::string& user, auto lasting) {
    return s.ask(on, [&] { return s.services.traces.start(user, lasting); });
}

auto stop(running_server& s, const device& on, const std::string& user) {
    return s.ask(on, [&] { return s.services.traces.stop(user); });
}

// A send of a user whose request is followed.
auto send_noted(running_server& s, const device& d, const gim::model::send_request& r) {
    auto who = d.caller();
    return s.ask(d, [&] {
        who.note = s.all.here().tracer->received({who.user.id, d.ref.id, "t-1", 201, 50, {}});
        return s.services.sends.send(who, r);
    });
}

const auto to_lobby = [](const std::string& content) {
    return gim::model::send_request{gim::model::session_type::room, "lobby", "text", content, {}};
};

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(caught_log, "the sender's message is followed through its room") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers, at_once);
        auto& ada = s.log_in("ada");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.join(ada, "lobby"));
        REQUIRE(s.send_to_room(ada, "lobby", "before"));
        ada.take_at_least(1);
        REQUIRE(start(s, bob, "ada", 1h));
        REQUIRE(send_noted(s, ada, to_lobby("secret words")));
        ada.take_at_least(1);
        bob.take_at_least(1);
        s.settle();
        const auto steps = steps_of(s, "ada");
        auto way = way_of(steps, 2);
        CHECK(texts(way.begin(), way.begin() + 3) == texts{"stored", "batched", "flushed"});
        std::ranges::sort(way);
        // Ada receives it, too: on one worker a line for both, on several one for each.
        const bool is_on_both = std::ranges::count(way, "delivered") == (workers == 1 ? 1 : 2);
        CHECK(is_on_both);
        CHECK(std::ranges::count(way, "queued") == 1);
        CHECK(std::ranges::count(way, "written") == 1);
        CHECK(step_called(steps, "received").at("op") == 201);
        CHECK(step_called(steps, "received").at("trace") == "t-1");
        CHECK(step_called(steps, "flushed").at("messages") == 1);
        CHECK(step_called(steps, "delivered").at("reached").get<int>() >= 1);
        CHECK(way_of(steps, 1).empty());
        CHECK(text.str().find("secret") == std::string::npos);
    }
}

TEST_CASE_FIXTURE(caught_log, "a message that newer ones replaced says so") {
    running_server s(3, {batch_mode::latest, 2, 1s});
    auto& ada = s.log_in("ada");
    REQUIRE(s.join(ada, "lobby"));
    REQUIRE(start(s, ada, "ada", 1h));
    auto who = ada.caller();
    run_on(ada.home, [&]() -> boost::asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            const auto r = to_lobby(std::to_string(i));
            who.note = s.all.here().tracer->received({who.user.id, ada.ref.id, {}, 201, 50, {}});
            auto sent = co_await s.services.sends.send(who, r);
            if (!sent) {
                throw std::runtime_error(sent.error().message);
            }
        }
    });
    ada.take_at_least(1);
    s.settle();
    const auto steps = steps_of(s, "ada");
    CHECK(way_of(steps, 1) == texts{"stored", "batched", "skipped"});
    CHECK(step_called(steps, "skipped").at("why").get<std::string>().starts_with("newer ones"));
    CHECK(step_called(steps, "flushed").at("skipped") == 1);
    CHECK(way_of(steps, 2) == texts{"stored", "batched", "flushed", "delivered"});
    CHECK(
        way_of(steps, 3) == texts{"stored", "batched", "flushed", "delivered", "queued", "written"}
    );
}

TEST_CASE_FIXTURE(caught_log, "nobody is connected; the room is dismissed; a copy is sent") {
    running_server s(3, {batch_mode::full, 100, 1s});
    auto& ada = s.log_in("ada");
    REQUIRE(s.join(ada, "lobby"));
    REQUIRE(start(s, ada, "ada", 1h));
    auto copy = to_lobby("once");
    copy.request_id = "r-1";
    REQUIRE(send_noted(s, ada, copy));
    REQUIRE(send_noted(s, ada, copy));
    CHECK(way_of(steps_of(s, "ada"), 1) == texts{"stored", "batched", "repeated"});
    REQUIRE(s.dismiss(ada, "lobby"));
    s.settle();
    const auto gone = steps_of(s, "ada");
    CHECK(step_called(gone, "skipped").at("why") == "the room is dismissed");

    REQUIRE(s.join(ada, "lobby"));
    s.logout(ada);
    s.settle();
    const auto sent = send_noted(s, ada, to_lobby("to nobody"));
    REQUIRE(sent);
    const auto is_flushed = [&] {
        const auto way = way_of(steps_of(s, "ada"), sent->sequence);
        return std::ranges::count(way, "flushed") == 1;
    };
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!is_flushed() && std::chrono::steady_clock::now() < end) {
        s.settle();
    }
    const auto steps = steps_of(s, "ada");
    const auto way = way_of(steps, sent->sequence);
    CHECK(way == texts{"stored", "batched", "flushed"});
    CHECK(step_called(steps, "flushed").at("workers") == 0);
    CHECK(step_called(steps, "flushed").at("why").get<std::string>().starts_with("nobody is"));
}

TEST_CASE_FIXTURE(
    caught_log,
    "a private message: to whom, how many devices, and the receiver's side"
) {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers, at_once, 0, 8, {.sends_of_user = {}}, {}, {"ada", "bob"});
        auto& ada = s.log_in("ada");
        auto& bob = s.log_in("bob");
        const gim::model::send_request r{
            gim::model::session_type::private_chat, "bob", "text", "hello", {}};
        REQUIRE(send_noted(s, ada, r));
        bob.take_at_least(1);
        s.settle();
        const auto sender = steps_of(s, "ada");
        auto way = way_of(sender, 1);
        std::ranges::sort(way);
        CHECK(way == texts{"delivered", "pushed", "stored"});
        const auto& to_bob = *std::ranges::find_if(sender, [](const auto& step) {
            return step.at("step") == "pushed" && step.at("to") == "bob";
        });
        CHECK(to_bob.at("connections") == 1);
        const auto receiver = steps_of(s, "bob");
        CHECK(step_called(receiver, "connected").at("connection") == bob.ref.id);
        CHECK(way_of(receiver, 1) == texts{"queued", "written"});
        s.logout(bob);
        CHECK(step_called(steps_of(s, "bob"), "disconnected").at("connection") == bob.ref.id);
    }
}

TEST_CASE_FIXTURE(caught_log, "a trace is begun and ended while users are connected") {
    running_server s(3, at_once);
    auto& ada = s.log_in("ada");
    auto& bob = s.log_in("bob");
    REQUIRE(s.join(ada, "lobby"));
    REQUIRE(s.join(bob, "lobby"));
    CHECK(code_of(stop(s, bob, "ada")) == 404);
    REQUIRE(start(s, bob, "ada", 1h));
    CHECK(step_called(steps_of(s, "ada"), "connected").at("connection") == ada.ref.id);
    REQUIRE(s.send_to_room(bob, "lobby", "1"));
    ada.take_at_least(1);
    s.settle();
    CHECK(way_of(steps_of(s, "ada"), 1) == texts{"queued", "written"});
    const auto ended = stop(s, bob, "ada");
    REQUIRE(ended);
    CHECK(ended->steps.size() == 3);
    const auto lines_before = lines().size();
    s.settle();
    REQUIRE(s.send_to_room(bob, "lobby", "2"));
    ada.take_at_least(1);
    s.settle();
    CHECK(lines().size() == lines_before);
    for (std::size_t w = 0; w < 3; ++w) {
        CHECK(!call_on(s.pool.at(w), [&] { return s.all.at(w).tracer->is_on(); }));
    }
}

TEST_CASE_FIXTURE(caught_log, "a trace ends by itself, and one that is begun again later") {
    running_server s(3, at_once);
    auto& ada = s.log_in("ada");
    REQUIRE(start(s, ada, "bob", 20ms));
    REQUIRE(start(s, ada, "ada", 10ms));
    REQUIRE(start(s, ada, "ada", 1h));
    const auto end = std::chrono::steady_clock::now() + patience;
    while (s.services.traces.find("bob") && std::chrono::steady_clock::now() < end) {
        s.settle();
    }
    CHECK(!s.services.traces.find("bob"));
    CHECK(s.services.traces.find("ada"));
    s.settle();
    CHECK(!call_on(s.pool.at(1), [&] { return s.all.at(1).tracer->is_traced("bob"); }));
    CHECK(call_on(s.pool.at(1), [&] { return s.all.at(1).tracer->is_traced("ada"); }));
    CHECK(call_on(s.pool.at(1), [&] { return s.all.at(1).tracer->is_on(); }));
}
