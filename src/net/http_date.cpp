#include "net/http_date.hpp"

#include <array>

namespace gim::net {

namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12>
    months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_two_digits(std::string& text, long long value) {
    text.push_back(static_cast<char>('0' + value / 10));
    text.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

std::string http_date(sys_seconds when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::string text;
    text.append(weekdays[std::chrono::weekday(day).c_encoding()]).append(", ");
    append_two_digits(text, static_cast<unsigned>(date.day()));
    text.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    text.append(std::to_string(static_cast<int>(date.year()))).append(" ");
    append_two_digits(text, time.hours().count());
    text.append(":");
    append_two_digits(text, time.minutes().count());
    text.append(":");
    append_two_digits(text, time.seconds().count());
    return text.append(" GMT");
}

std::string_view date_field() {
    thread_local sys_seconds written;  // 1970 at first
    thread_local std::string line;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != written || line.empty()) {
        line = "Date: " + http_date(now) + "\r\n";
        written = now;
    }
    return line;
}

}  // namespace gim::net
