// What becomes of the bytes for a receiver; the way of whole messages is in
// ../session/trace_test.cpp.
#include "observe/trace/tracer.hpp"

#include "observe/stats/counters.hpp"
#include "push/local_audience.hpp"
#include "support/caught_log.hpp"
#include "support/show_result.hpp"
#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <regex>
#include <string>
#include <vector>

using namespace gim::test;
namespace trace = gim::trace;
namespace push = gim::push;

namespace {

// Ada has connection 7 in the lobby, and is traced.
struct fixture : caught_log {
    gim::stats::counters counters;
    trace::recorder steps{{}};
    trace::tracer tracer{steps, 3, counters};
    push::local_audience audience{[](const std::string&, push::form_set) {}};
    push::flush_list list{{}, [] {}};
    std::unique_ptr<written_outbox> ada = std::make_unique<written_outbox>(
        list,
        push::outbox_options{.hard_bytes = 4000, .soft_bytes = 1000}
    );
    std::uint64_t sequence = 0;

    fixture() {
        audience.attach(7, ada->box, gim::native::wire_form::json_text);
        audience.subscribe(7, "1:lobby");
        REQUIRE(steps.start("ada", std::nullopt));
        tracer.start("ada");
        tracer.connected("ada", 7, ada->box);
    }

    // A packet to the lobby, with `bytes` of content.
    void push_packet(std::size_t bytes = 100) {
        auto m = std::make_shared<gim::model::message>();
        m->id = "m" + std::to_string(++sequence);
        m->sequence = sequence;
        m->content = std::string(bytes, 'x');
        const gim::model::packet p{gim::model::session_id::room("lobby"), "lobby", {m}, 0};
        push::form_set forms;
        forms.add(push::push_form(gim::native::wire_form::json_text));
        const auto traced = tracer.flushed(p, 1);
        const auto reach = audience.fan_out("1:lobby", push::encode_forms(p, forms), &p);
        tracer.fanned_out(traced, reach, audience);
    }

    // "STEP of SEQUENCE", and why.
    std::vector<std::string> told() const {
        std::vector<std::string> out;
        const std::regex step("step=(\\w+)");
        const std::regex sequence_of("sequence=(\\d+)");
        const std::regex why("why=(.*)");
        for (const auto& line : lines()) {
            std::smatch found;
            std::regex_search(line, found, step);
            auto what = found[1].str();
            if (std::regex_search(line, found, sequence_of)) {
                what += " " + found[1].str();
            }
            if (std::regex_search(line, found, why)) {
                what += ": " + found[1].str();
            }
            out.push_back(what);
        }
        return out;
    }
};

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(fixture, "a packet is written when its last byte is") {
    push_packet();
    const auto first = ada->box.bytes();
    push_packet();
    ada->box.consume(first - 1);
    CHECK(told() == texts{"connected", "queued 1", "queued 2"});
    ada->box.consume(1);
    CHECK(told().back() == "written 1");
    ada->box.consume(ada->box.bytes());
    CHECK(told() == texts{"connected", "queued 1", "queued 2", "written 1", "written 2"});
    const auto line = lines().back();
    CHECK(std::regex_match(
        line,
        std::regex("info trace user=ada step=written us=\\d+ connection=7 session=1:lobby "
                   "sequence=2 message_id=m2 messages=1 skipped=0 worker=3")
    ));
}

TEST_CASE_FIXTURE(fixture, "who reads too slowly is passed over, and cut off at the end") {
    push_packet(1000);
    push_packet();
    CHECK(told() == texts{"connected", "queued 1", "passed_over 2: it reads too slowly"});
    ada->box.cut_off(push::cut::too_old);
    ada->box.drop_waiting();
    CHECK(told().back() == "lost 1: cut off: it read too slowly");
    ada->box.seal();
    push_packet();
    CHECK(told().back() == "lost 3: the connection is being closed");
}

TEST_CASE_FIXTURE(fixture, "what waits when the connection ends is lost, and told") {
    push_packet();
    tracer.disconnected(7);
    audience.detach(7);
    ada.reset();
    CHECK(told() == texts{"connected", "queued 1", "disconnected", "lost 1: the connection ended"});
}

TEST_CASE_FIXTURE(fixture, "after the logout what waits is still written, for whom it was") {
    push_packet();
    tracer.disconnected(7);
    REQUIRE(steps.start("bob", std::nullopt));
    tracer.start("bob");
    tracer.connected("bob", 7, ada->box);
    ada->box.consume(ada->box.bytes());
    CHECK(lines().back().find("user=ada step=written") != std::string::npos);
    push_packet();
    CHECK(lines().back().find("user=bob step=queued") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "when the trace ends, nobody listens at the outbox any more") {
    push_packet();
    CHECK(ada->box.watching() != nullptr);
    steps.stop("ada");
    tracer.stop("ada", audience);
    CHECK(!tracer.is_on());
    CHECK(ada->box.watching() == nullptr);
    CHECK(told() == texts{"connected", "queued 1"});
}

TEST_CASE_FIXTURE(fixture, "lines that are held back are counted") {
    for (int i = 0; i < 300; ++i) {
        push_packet();
        ada->box.consume(ada->box.bytes());
    }
    CHECK(lines().size() < 300);
    CHECK(counters.count(gim::stats::event::trace_line_held_back) >= 300);
}
