#include "net/field_values.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>

namespace gim::net {

namespace beast = boost::beast;

std::vector<std::string_view>
values_of(const decltype(http_head::request)& head, std::string_view field) {
    std::vector<std::string_view> values;
    const auto [begin, end] = head.equal_range(beast::string_view(field.data(), field.size()));
    for (auto it = begin; it != end; ++it) {
        values.emplace_back(it->value().data(), it->value().size());
    }
    return values;
}

bool lists(
    const decltype(http_head::request)& head,
    std::string_view field,
    std::string_view name
) {
    const auto [begin, end] = head.equal_range(beast::string_view(field.data(), field.size()));
    return std::any_of(begin, end, [&](const auto& line) {
        return beast::http::token_list(line.value()).exists({name.data(), name.size()});
    });
}

// Beast's own keep_alive() looks at the first line of Connection only.
bool wants_to_keep(const decltype(http_head::request)& head) {
    if (lists(head, "Connection", "close")) {
        return false;
    }
    return head.version() >= 11 || lists(head, "Connection", "keep-alive");
}

}  // namespace gim::net
