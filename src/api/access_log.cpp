#include "api/access_log.hpp"

#include "base/printable.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace gim::api {

namespace {

constexpr std::size_t max_trace_bytes = 128;

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (base::is_printable(c) && c != ' ' && c != '"' && c != '\\') {
            safe += c;
        } else {
            base::append_hex_escape(c, safe);
        }
    }
    return safe;
}

}  // namespace

std::optional<std::string_view> trace_value(std::string_view value) {
    const bool is_shown = std::all_of(value.begin(), value.end(), base::is_printable);
    if (value.empty() || value.size() > max_trace_bytes || !is_shown) {
        return std::nullopt;
    }
    return value;
}

std::string request_name(std::string_view method, std::string_view target) {
    return escaped(method) + " " + escaped(target.substr(0, target.find('?')));
}

std::string access_line(
    std::string_view method,
    std::string_view target,
    unsigned status,
    std::optional<std::string_view> trace,
    std::chrono::steady_clock::duration elapsed
) {
    const std::chrono::duration<double, std::milli> ms = elapsed;
    return fmt::format(
        "{} {}{} {:.1f}ms",
        request_name(method, target),
        status,
        trace ? " trace=" + escaped(*trace) : "",
        ms.count()
    );
}

}  // namespace gim::api
