#include "net/forwarded_for.hpp"

#include "net/admission.hpp"
#include "net/trimmed.hpp"

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace gim::net {

namespace asio = boost::asio;
using asio::ip::address;

namespace {

bool is_port(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The address without its port. Some balancers write one.
std::string_view without_port(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        const bool is_end = end + 1 == text.size();
        if (end == std::string_view::npos ||
            (!is_end && (text[end + 1] != ':' || !is_port(text.substr(end + 2))))) {
            return {};
        }
        return text.substr(1, end - 1);
    }
    const auto colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && colon == text.rfind(':') &&
                          is_port(text.substr(colon + 1));
    return has_port ? text.substr(0, colon) : text;
}

std::optional<address> parse_entry(std::string_view text) {
    const auto alone = without_port(trimmed(text));
    boost::system::error_code ec;
    const auto a = asio::ip::make_address(std::string(alone), ec);
    if (ec || alone.find('%') != std::string_view::npos) {
        return std::nullopt;
    }
    return plain(a);
}

}  // namespace

model::result<address> forwarded_for(
    const address& from,
    std::span<const std::string_view> values,
    const address_ranges& trusted
) {
    address client = from;
    for (auto value = values.rbegin(); value != values.rend(); ++value) {
        for (std::string_view list = *value; trusted.contain(client);) {
            const auto comma = list.rfind(',');
            const bool is_first = comma == std::string_view::npos;
            const auto entry = parse_entry(is_first ? list : list.substr(comma + 1));
            if (!entry) {
                return model::bad_request("X-Forwarded-For: must be addresses");
            }
            client = *entry;
            if (is_first) {
                break;
            }
            list = list.substr(0, comma);
        }
    }
    return client;
}

}  // namespace gim::net
