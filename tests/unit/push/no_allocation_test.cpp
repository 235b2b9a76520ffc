// A delivery allocates nothing: this program counts its allocations.

#include "push/frame_packer.hpp"
#include "push/local_audience.hpp"
#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {
std::size_t allocations = 0;
}

// All other forms of new and delete call these.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size == 0 ? 1 : size)) {
        return p;
    }
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

namespace {

// A socket that takes everything.
class sink final : public gim::push::outbox_writer {
public:
    explicit sink(gim::push::flush_list& list) : box(*this, list) {}
    void flush() noexcept override { box.consume(box.bytes()); }

    gim::push::outbox box;
};

}  // namespace

TEST_CASE("a packet to a room of a thousand allocates one frame a form, and none a delivery") {
    gim::push::flush_list list({.linger_a_connection = std::chrono::nanoseconds(0)}, [] {});
    gim::push::local_audience audience([](const std::string&, gim::push::form_set) {});
    std::vector<std::unique_ptr<sink>> members;
    for (gim::push::connection_id id = 0; id < 1000; ++id) {
        members.push_back(std::make_unique<sink>(list));
        const auto form = gim::push::all_push_forms[id % 4];  // the last is compressed
        audience.attach(id, members.back()->box, form);
        audience.subscribe(id, "1:lobby");
    }
    auto m = std::make_shared<gim::model::message>();
    m->content = "hello";
    const gim::model::packet p{gim::model::session_id::room("lobby"), "lobby", {m}, 0};
    gim::push::form_set all;
    for (const auto form : gim::push::all_push_forms) {
        all.add(form);
    }
    gim::push::frame_packer packer({.threshold = 0}, [](std::size_t) {});
    const auto packet = gim::push::encode_forms(p, all, &packer);
    auto now = gim::push::flush_list::clock::time_point(std::chrono::hours(1));
    const auto push_and_write = [&] {
        for (int i = 0; i < 10; ++i) {
            // As in latest mode, in which every delivery asks whether the member is behind.
            audience.fan_out("1:lobby", packet, &p);
        }
        now += std::chrono::milliseconds(2);
        do {
            list.flush(now);
            list.finished(now);
        } while (list.has_more());
    };
    push_and_write();  // outboxes and lists grow to what they need
    push_and_write();

    const auto before = allocations;
    for (int i = 0; i < 10; ++i) {
        push_and_write();
    }
    constexpr std::size_t packets = 100, forms = 4;
    CHECK(allocations - before == packets * forms);
    for (const auto& member : members) {
        CHECK(member->box.is_empty());
    }
}

TEST_CASE("a delivery to one connection allocates its frame and nothing else") {
    gim::push::flush_list list({}, [] {});
    gim::push::local_audience audience([](const std::string&, gim::push::form_set) {});
    sink one(list);
    audience.attach(7, one.box, gim::native::wire_form::json_text);
    gim::push::form_set form;
    form.add(gim::native::wire_form::json_text);
    const gim::model::packet p{gim::model::session_id::room("lobby"), "lobby", {}, 0};
    const auto packet = gim::push::encode_forms(p, form);
    auto now = gim::push::flush_list::clock::time_point(std::chrono::hours(1));
    const auto push_and_write = [&] {
        audience.deliver(7, packet);
        now += std::chrono::milliseconds(2);
        list.flush(now);
        list.finished(now);
    };
    push_and_write();
    push_and_write();
    const auto before = allocations;
    push_and_write();
    CHECK(allocations - before == 1);
}
