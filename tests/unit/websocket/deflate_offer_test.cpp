#include "websocket/deflate_offer.hpp"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

const std::string accepted =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

// "declined", "malformed", or the answer.
std::string answer_to_all(std::vector<std::string_view> fields, std::size_t window_bits = 15) {
    const auto answer = gim::websocket::answer_deflate_offers(fields, window_bits);
    if (!answer) {
        CHECK(answer.error().code == gim::model::status::bad_request);
        return "malformed";
    }
    return answer->value_or("declined");
}
std::string answer_to(std::string_view field, std::size_t window_bits = 15) {
    return answer_to_all({field}, window_bits);
}

}  // namespace

TEST_CASE("an offer is taken without context takeover, and with our window if it is of interest") {
    struct row {
        std::string_view offer;
        std::size_t window_bits;
        std::string more;
    };
    const std::array rows{
        row{"permessage-deflate", 15, ""},
        row{"permessage-deflate; client_max_window_bits", 15, ""},  // Chrome, Firefox, ws
        row{"permessage-deflate; client_max_window_bits=10", 15, ""},
        row{"permessage-deflate; server_no_context_takeover", 15, ""},
        row{"permessage-deflate; client_no_context_takeover; server_no_context_takeover", 15, ""},
        row{"permessage-deflate;server_max_window_bits=15", 15, "15"},
        row{"permessage-deflate ; server_max_window_bits = \"15\" ", 15, "15"},
        row{"permessage-deflate; server_max_window_bits=\"1\\5\"", 15, "15"},
        row{"permessage-deflate", 12, "12"},
        row{"permessage-deflate; server_max_window_bits=12", 12, "12"},
        row{"permessage-deflate; server_max_window_bits=13", 12, "12"},
        row{"permessage-deflate; server_max_window_bits=9; client_max_window_bits=9", 9, "9"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.offer);
        const auto window = r.more.empty() ? "" : "; server_max_window_bits=" + r.more;
        CHECK(answer_to(r.offer, r.window_bits) == accepted + window);
    }
}

TEST_CASE("an offer that cannot be taken as it is is declined") {
    for (const std::string_view offer : {
             "",
             " , ,",
             "x-webkit-deflate-frame",
             "Permessage-Deflate",
             "permessage-deflate; unknown",
             "permessage-deflate; Client_Max_Window_Bits",
             "permessage-deflate; server_no_context_takeover=1",
             "permessage-deflate; client_no_context_takeover=\"true\"",
             "permessage-deflate; server_max_window_bits",
             "permessage-deflate; server_max_window_bits=7",
             "permessage-deflate; server_max_window_bits=16",
             "permessage-deflate; server_max_window_bits=015",
             "permessage-deflate; server_max_window_bits=+15",
             "permessage-deflate; server_max_window_bits=1e1",
             "permessage-deflate; server_max_window_bits=150",
             "permessage-deflate; client_max_window_bits=7",
             "permessage-deflate; client_max_window_bits=08",
             "permessage-deflate; client_max_window_bits=99999999999999999999",
             // Each parameter at most once.
             "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
             "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
             "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
             "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
             // Windows that are smaller than ours.
             "permessage-deflate; server_max_window_bits=8",
             "permessage-deflate; server_max_window_bits=14",
         }) {
        CAPTURE(offer);
        CHECK(answer_to(offer) == "declined");
    }
    CHECK(answer_to_all({}) == "declined");
}

TEST_CASE("of several offers the first that can be taken is, in one field or in several") {
    CHECK(answer_to("x-other; a=1, permessage-deflate") == accepted);
    CHECK(
        answer_to("permessage-deflate; server_max_window_bits=10, permessage-deflate") == accepted
    );
    CHECK(
        answer_to("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=15, "
                  "permessage-deflate") == accepted + "; server_max_window_bits=15"
    );
    CHECK(
        answer_to_all({"permessage-deflate; unknown", ",x-other , permessage-deflate,"}) == accepted
    );
    CHECK(answer_to_all({"x-other", "permessage-deflate; unknown"}) == "declined");
}

TEST_CASE("what is no list of extensions is an error, wherever it stands") {
    for (const std::string_view field : {
             ";",
             "permessage-deflate;",
             "permessage-deflate; =10",
             "permessage-deflate; client_max_window_bits=",
             "permessage-deflate; client_max_window_bits=\"\"",
             "permessage-deflate; client_max_window_bits=\" 10\"",
             "permessage-deflate; client_max_window_bits=\"10",
             "permessage-deflate; client_max_window_bits=\"10\\",
             "permessage-deflate; client_max_window_bits=\"10\"\"",
             "permessage-deflate; client_max_window_bits=10 11",
             "permessage-deflate client_max_window_bits",
             "permessage-deflate, =",
             "permessage-deflate, a/b",
             "\"permessage-deflate\"",
             "permessage-deflate\x80",
         }) {
        CAPTURE(field);
        CHECK(answer_to(field) == "malformed");
        CHECK(answer_to_all({"permessage-deflate", field}) == "malformed");
    }
}
