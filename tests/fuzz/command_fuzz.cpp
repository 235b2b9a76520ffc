#include "dialects/gim/codec.hpp"
#include "fuzz/fuzz_target.hpp"
#include "fuzz/print_request.hpp"
#include "json/json_scan.hpp"
#include "model/request_rules.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What a client asks for, in both dialects: whatever is understood can be written again in each
// form and is understood as the same, and whatever is refused can be told.

namespace gim::fuzz {

namespace {

using namespace gim::json;
using namespace gim::model;
using namespace gim::websocket;
using namespace gim::native;

void check_refusal(std::uint32_t op, std::uint64_t seq, const error& why) {
    constexpr std::size_t longest = 300;
    require(
        why.code == status::bad_request || why.code == status::not_found ||
            why.code == status::too_large,
        "a refusal is the client's fault"
    );
    require(!why.message.empty() && why.message.size() <= longest, "a refusal says why, shortly");
    for (const auto form : all_wire_forms) {
        std::string told;
        encode_reply(form, op, seq, why, told);
        require(
            form == wire_form::protobuf || nlohmann::json::accept(told), "the reply is good JSON"
        );
    }
}

void check_request(std::uint64_t seq, const request& asked) {
    const auto printed = print(wire_form::json_text, seq, asked);
    for (const auto form : all_wire_forms) {
        const auto bytes = print(form, seq, asked);
        const auto again = decode_frame(kind_of(form), bytes);
        require(again.has_value(), "what was understood can be read again");
        require(again->body.has_value(), "and its body, too");
        require(again->seq == seq, "with the same number");
        require(again->form == form, "in the form it was written in");
        require(print(wire_form::json_text, seq, *again->body) == printed, "as the same request");
    }
}

void check(const result<inbound_frame>& frame) {
    if (!frame) {
        check_refusal(0, 0, frame.error());
        return;
    }
    require(frame->op >= 1 && frame->op < 0x7fffffff, "the op has 31 bits");
    require(frame->seq <= max_json_integer, "the number is one that JSON keeps");
    if (!frame->body) {
        check_refusal(frame->op + 1, frame->seq, frame->body.error());
        return;
    }
    check_request(frame->seq, *frame->body);
}

}  // namespace

void json_command(std::string_view bytes) {
    const auto frame = decode_frame(frame_kind::text, bytes);
    check(frame);
    if (!frame) {
        return;
    }
    // A body that is refused may be what only the grammar of JSON allows.
    require(find_members(bytes).has_value(), "what has an op is JSON");
    if (frame->body) {
        // Ours is the stricter reader.
        require(nlohmann::json::accept(bytes), "what is understood is JSON to others, too");
    }
}

void proto_command(std::string_view bytes) {
    check(decode_frame(frame_kind::binary, bytes));
}

}  // namespace gim::fuzz
