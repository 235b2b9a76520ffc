#include "program/flags/flag.hpp"

#include "base/utf8_check.hpp"
#include "program/whole_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace gim::program {

namespace {

constexpr std::array<std::pair<std::string_view, std::size_t>, 3> byte_units{{
    {"GiB", std::size_t{1} << 30},
    {"MiB", std::size_t{1} << 20},
    {"KiB", std::size_t{1} << 10},
}};

}  // namespace

std::vector<std::string> flag::environment_names() const {
    std::vector<std::string> all;
    std::string_view rest = names;
    for (bool has_more = true; has_more;) {
        const auto comma = rest.find(',');
        std::string text = "GIM_" + std::string(rest.substr(2, comma - 2));
        std::ranges::transform(text, text.begin(), [](char c) {
            return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        all.push_back(std::move(text));
        has_more = comma != std::string_view::npos;
        rest.remove_prefix(has_more ? comma + 1 : rest.size());
    }
    return all;
}

problem flag::apply(const std::string& text) const {
    if (text.empty() && empty == empty_value::is_refused) {
        return "must not be empty";
    }
    return set ? set(text) : problem();
}

flag may_be_empty(flag f) {
    f.empty = empty_value::is_allowed;
    return f;
}

flag live(flag f) {
    f.since = effect::at_reload;
    return f;
}

bool flag::has_name(std::string_view long_name) const {
    return long_name.find(',') == std::string_view::npos &&
           ("," + names + ",").find(",--" + std::string(long_name) + ",") != std::string::npos;
}

std::string wrong(const std::string& allowed, const std::string& text) {
    return allowed + ", got " + quoted(text);
}

setter address_into(net::address& to) {
    return [&to](const std::string& text) -> problem {
        const auto parsed = net::parse_address(text);
        if (!parsed) {
            return wrong(parsed.error().message, text);
        }
        to = *parsed;
        return {};
    };
}

setter claim_into(std::optional<std::string>& to) {
    return [&to](const std::string& text) -> problem {
        if (text.empty() || text.size() > 256 || !base::is_utf8(text)) {
            return wrong("must be 1 to 256 bytes of UTF-8", text);
        }
        to = text;
        return {};
    };
}

setter count_into(std::size_t& to, std::size_t least, std::size_t most) {
    return [&to, least, most](const std::string& text) -> problem {
        const auto n = whole_number<std::size_t>(text);
        if (!n || *n < least || *n > most) {
            return wrong("must be " + std::to_string(least) + " to " + std::to_string(most), text);
        }
        to = *n;
        return {};
    };
}

setter bytes_into(std::size_t& to, std::size_t least, std::size_t most) {
    return [&to, least, most](const std::string& text) -> problem {
        const char* const end = text.data() + text.size();
        std::size_t n = 0;
        const auto [stop, ec] = std::from_chars(text.data(), end, n);
        const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
        bool is_good = ec == std::errc{} && unit.empty();
        for (const auto& [name, bytes] : byte_units) {
            if (ec == std::errc{} && unit == name && n <= most / bytes) {
                n *= bytes;
                is_good = true;
            }
        }
        if (!is_good || n < least || n > most) {
            return wrong("must be " + bytes_text(least) + " to " + bytes_text(most), text);
        }
        to = n;
        return {};
    };
}

std::string bytes_text(std::size_t bytes) {
    for (const auto& [name, unit] : byte_units) {
        if (bytes != 0 && bytes % unit == 0) {
            return std::to_string(bytes / unit).append(name);
        }
    }
    return std::to_string(bytes);
}

setter duration_into(duration& to, duration least, duration most) {
    return [&to, least, most](const std::string& text) -> problem {
        const auto d = parse_duration(text);
        if (!d || *d < least || *d > most) {
            return wrong("must be " + to_string(least) + " to " + to_string(most), text);
        }
        to = *d;
        return {};
    };
}

setter switch_into(bool& to) {
    return [&to](const std::string& text) -> problem {
        const bool is_on = text == "true" || text == "1";
        if (!is_on && text != "false" && text != "0") {
            return wrong("must be true or false", text);
        }
        to = is_on;
        return {};
    };
}

}  // namespace gim::program
