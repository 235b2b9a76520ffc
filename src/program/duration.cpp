#include "program/duration.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace gim::program {

namespace {

struct unit {
    std::string_view name;
    std::int64_t ns;
};

constexpr unit hour{"h", 3'600'000'000'000};
constexpr unit minute{"m", 60'000'000'000};
constexpr unit second{"s", 1'000'000'000};
constexpr unit millisecond{"ms", 1'000'000};
constexpr unit microsecond{"us", 1'000};
constexpr unit nanosecond{"ns", 1};

// Longer names first: "m" must not take the front of "ms".
constexpr std::array all_units{
    nanosecond,
    microsecond,
    unit{"\u00B5s", 1'000},  // the micro sign, and the Greek letter that looks like it
    unit{"\u03BCs", 1'000},
    millisecond,
    second,
    minute,
    hour,
};

bool starts_with_digit(std::string_view text) noexcept {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// Digits at the front of `text`, as a fixed-point number: value / scale.
struct number {
    __extension__ using wide = __int128;
    wide value = 0;
    wide scale = 1;
};

std::optional<number> take_number(std::string_view& text) {
    constexpr number::wide most = std::numeric_limits<std::int64_t>::max();
    number n;
    bool any = false;
    for (; starts_with_digit(text); text.remove_prefix(1), any = true) {
        n.value = n.value * 10 + (text.front() - '0');
        if (n.value > most) {
            return std::nullopt;
        }
    }
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        for (; starts_with_digit(text); text.remove_prefix(1), any = true) {
            // Beyond this no digit can change a nanosecond of an hour.
            if (n.scale < 100'000'000'000'000) {
                n.value = n.value * 10 + (text.front() - '0');
                n.scale *= 10;
            }
        }
    }
    return any ? std::optional(n) : std::nullopt;
}

std::int64_t take_unit(std::string_view& text) noexcept {
    for (const unit& u : all_units) {
        if (text.starts_with(u.name)) {
            text.remove_prefix(u.name.size());
            return u.ns;
        }
    }
    return 0;
}

// "1.5s": the count of `u` with the digits behind the point that are needed.
std::string with_fraction(std::int64_t ns, const unit& u) {
    std::string text = std::to_string(ns / u.ns);
    if (ns % u.ns != 0) {
        text += '.';
        for (std::int64_t rest = ns % u.ns, digit = u.ns / 10; rest != 0; digit /= 10) {
            text += static_cast<char>('0' + rest / digit);
            rest %= digit;
        }
    }
    return text.append(u.name);
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (text == "0") {
        return duration::zero();
    }
    if (text.empty()) {
        return std::nullopt;
    }
    number::wide total = 0;
    while (!text.empty()) {
        const auto n = take_number(text);
        const std::int64_t ns = take_unit(text);
        if (!n || ns == 0) {
            return std::nullopt;
        }
        total += n->value * ns / n->scale;
        if (total > std::numeric_limits<std::int64_t>::max()) {
            return std::nullopt;
        }
    }
    return duration(static_cast<std::int64_t>(negative ? -total : total));
}

std::string to_string(duration d) {
    const std::int64_t ns = d.count();
    if (ns == 0) {
        return "0s";
    }
    if (ns < 0) {
        return "-" + to_string(-d);
    }
    for (const unit& u : {nanosecond, microsecond, millisecond}) {
        if (ns < u.ns * 1000) {
            return with_fraction(ns, u);
        }
    }
    std::string text;
    if (ns >= hour.ns) {
        text += std::to_string(ns / hour.ns) + "h";
    }
    if (ns % hour.ns >= minute.ns) {
        text += std::to_string(ns % hour.ns / minute.ns) + "m";
    }
    if (ns % minute.ns != 0) {
        text += with_fraction(ns % minute.ns, second);
    }
    return text;
}

}  // namespace gim::program
