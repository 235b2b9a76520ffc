#include "ask/answer.hpp"

#include "auth/claim_set.hpp"
#include "auth/subject.hpp"
#include "net/trimmed.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace gim::ask {

namespace beast = boost::beast;

namespace {

// RFC 9111, 5.2.2.1. What is no number says nothing.
std::optional<std::chrono::seconds> read_seconds(std::string_view text) {
    std::uint64_t n = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, n);
    if (stop != end || text.empty()) {
        return std::nullopt;
    }
    const std::chrono::seconds most = longest_keep;
    const auto whole = static_cast<std::uint64_t>(most.count());
    return ec == std::errc::result_out_of_range
               ? most
               : std::chrono::seconds(static_cast<std::int64_t>(std::min(n, whole)));
}

// Of several max-age the least counts, and whatever forbids keeping counts before them.
std::chrono::seconds time_to_keep(std::string_view cache_control) {
    std::optional<std::chrono::seconds> least;
    while (!cache_control.empty()) {
        const auto end = std::min(cache_control.find(','), cache_control.size());
        const auto one = net::trimmed(cache_control.substr(0, end));
        cache_control.remove_prefix(std::min(end + 1, cache_control.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto name = one.substr(0, equals);
        if (beast::iequals(name, "no-store") || beast::iequals(name, "no-cache")) {
            return std::chrono::seconds(0);
        }
        if (beast::iequals(name, "max-age") && equals < one.size()) {
            if (const auto said = read_seconds(one.substr(equals + 1))) {
                least = least ? std::min(*least, *said) : *said;
            }
        }
    }
    return least.value_or(std::chrono::seconds(0));
}

answer_result<std::optional<std::int64_t>>
read_expiry(const auth::claim_set& body, std::int64_t now_ms) {
    if (!body.is_given("expires_in")) {
        return std::optional<std::int64_t>();
    }
    constexpr std::int64_t century = std::int64_t{100} * 365 * 24 * 3600;
    const auto lasting = body.milliseconds("expires_in", century);
    if (!lasting || *lasting < 1000) {
        return answer_fault::expires_in;
    }
    return std::optional(now_ms + *lasting);
}

answer_result<auth::identity> read_identity(const auth::claim_set& body, std::int64_t now_ms) {
    const auto subject = body.text("id");
    if (!subject || subject->empty()) {
        return answer_fault::id;
    }
    auto who = auth::identity::of(auth::id_of_subject(*subject));
    if (!who) {
        return answer_fault::back_end;
    }
    if (const auto said = body.text("name")) {
        who->name = auth::usable_name(*said);
    }
    auto rooms = body.rooms();
    if (!rooms) {
        return answer_fault::rooms;
    }
    who->rooms = *std::move(rooms);
    const auto expiry = read_expiry(body, now_ms);
    if (!expiry) {
        return expiry.error();
    }
    who->expires_at = *expiry;
    return *std::move(who);
}

}  // namespace

std::string_view describe(answer_fault fault) noexcept {
    switch (fault) {
        case answer_fault::refused:
            return "it refused";
        case answer_fault::status:
            return "its status is none of 200, 401 and 403";
        case answer_fault::json:
            return "its body is not a JSON object";
        case answer_fault::id:
            return "id is missing, empty or no text";
        case answer_fault::back_end:
            return "id is system, which is for back ends";
        case answer_fault::rooms:
            return "rooms is not a list of valid ids";
        case answer_fault::expires_in:
            return "expires_in is not a number of seconds, 1 to 100 years";
        case answer_fault::too_large:
            return "it is too large";
        case answer_fault::not_http:
            return "it is not HTTP, or not all of it came";
        case answer_fault::unreachable:
            return "it cannot be reached";
        case answer_fault::timed_out:
            return "it did not come in time";
    }
    return "unknown";
}

answer_result<accepted> read_answer(const service_answer& answer, std::int64_t now_ms) {
    if (answer.status == 401 || answer.status == 403) {
        return answer_fault::refused;
    }
    if (answer.status != 200) {
        return answer_fault::status;
    }
    constexpr std::string_view looked_at[] = {"id", "name", "rooms", "expires_in"};
    const auto body = auth::claim_set::read(answer.body, looked_at);
    if (!body) {
        return answer_fault::json;
    }
    auto who = read_identity(*body, now_ms);
    if (!who) {
        return who.error();
    }
    accepted out{*std::move(who), time_to_keep(answer.cache_control)};
    if (out.who.expires_at) {
        out.keep = std::min(out.keep, std::chrono::milliseconds(*out.who.expires_at - now_ms));
    }
    return out;
}

}  // namespace gim::ask
