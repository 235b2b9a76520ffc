#include "tools/load/describe.hpp"

#include "base/number_text.hpp"

#include <string>

namespace gim::load {

namespace {

std::string form_text(const load_options& o) {
    if (o.dialect == dialect_kind::plain) {
        return "plain";
    }
    switch (o.form) {
        case client::gim_form::json_text:
            return "json";
        case client::gim_form::json_object:
            return "json-object";
        case client::gim_form::protobuf:
            break;
    }
    return "proto";
}

std::string size_text(const load_options& o) {
    return ", " + base::bytes_text(static_cast<double>(o.size));
}

std::string pace_text(const load_options& o) {
    return o.rate > 0 ? ", " + base::grouped(o.rate) + " messages a second"
                      : ", " + base::grouped(o.inflight) + " in flight" +
                            (o.all_publishers() > 1 && o.pairs == 0 ? " each" : "");
}

std::string who_text(const load_options& o) {
    switch (o.what) {
        case scenario::fanout:
            return "1 room of " + base::count_of(o.members, "member");
        case scenario::slow:
            return "1 room of " + base::count_of(o.members, "member") + " and " +
                   base::grouped(o.slow_members) + " that stop reading";
        case scenario::rooms:
        case scenario::history:
            return base::count_of(o.rooms, "room") + " of " + base::count_of(o.members, "member");
        case scenario::pairs:
            return base::count_of(o.pairs, "pair") +
                   (o.direction == ways::both ? ", both ways" : ", one way");
        case scenario::idle:
            return base::count_of(o.connections, "connection") + " held";
        case scenario::connect:
            break;
    }
    return "connect, log in and close";
}

std::string load_text(const load_options& o) {
    switch (o.what) {
        case scenario::idle:
            return "";
        case scenario::connect:
            return ", " + base::grouped(o.inflight) + " at a time";
        case scenario::history:
            return ", " + base::grouped(o.inflight) + " questions at a time while " +
                   base::grouped(o.rate) + " messages a second are sent";
        default:
            break;
    }
    const bool has_publishers = o.pairs == 0 && o.all_publishers() > 1;
    return (has_publishers ? ", " + base::count_of(o.all_publishers(), "publisher") : "") +
           size_text(o) + pace_text(o);
}

}  // namespace

void describe(const load_options& o, measurement& m) {
    m.scenario = name_of(o.what);
    m.title = who_text(o) + load_text(o) + ", " + form_text(o);
    const auto add = [&](const char* name, std::size_t n) {
        m.parameters.emplace_back(name, std::to_string(n));
    };
    const bool has_rooms =
        o.what != scenario::pairs && o.what != scenario::idle && o.what != scenario::connect;
    if (has_rooms) {
        add("rooms", o.rooms);
        add("members", o.members);
    }
    if (has_rooms && o.what != scenario::history) {
        add("publishers", o.all_publishers());
    }
    if (o.what == scenario::slow) {
        add("slow-members", o.slow_members);
    }
    if (o.what == scenario::pairs) {
        add("pairs", o.pairs);
        m.parameters.emplace_back("both-ways", o.direction == ways::both ? "true" : "false");
    }
    if (o.what == scenario::idle) {
        add("connections", o.connections);
    } else if (o.what == scenario::history || o.rate == 0) {
        add("inflight", o.inflight);
    }
    if (o.rate > 0) {
        add("rate", o.rate);
    }
    if (has_rooms || o.what == scenario::pairs) {
        add("size", o.size);
    }
    m.parameters.emplace_back("protocol", form_text(o));
    m.parameters.emplace_back("warmup", base::duration_text(o.warmup));
    m.parameters.emplace_back("seconds", base::duration_text(o.time));
}

}  // namespace gim::load
