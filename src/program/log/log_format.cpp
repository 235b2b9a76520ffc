#include "program/log/log_format.hpp"

#include "base/printable.hpp"
#include "json/json_writer.hpp"
#include "observe/stats/log_fields.hpp"

#include <cstdint>
#include <variant>

namespace gim::program {

namespace {

using json::operator""_json;
using json = json::json_writer<json::json_level::plain>;

// Of the value of a field, as it is written. More of them than the line has room for are left out.
constexpr std::size_t longest_value = 256;
constexpr std::size_t room_for_fields = 2048;

std::string_view view(const spdlog::memory_buf_t& text) {
    return {text.data(), text.size()};
}

void write_field(const stats::log_field& field, base::text_buffer& to) {
    json out(to);
    const auto* number = std::get_if<std::uint64_t>(&field.value);
    const auto text = number == nullptr ? std::get<std::string_view>(field.value) : "";
    if (number == nullptr && text.empty()) {
        return;
    }
    out.text(","_json, printable(field.name, longest_value, log_form::json));
    if (number != nullptr) {
        out.number(":"_json, *number);
    } else {
        out.text(":"_json, printable(text, longest_value, log_form::json));
    }
}

}  // namespace

std::string printable(std::string_view text, std::size_t room, log_form form) {
    const std::size_t escape_bytes = form == log_form::json ? 2 : 1;  // of '\' and '"'
    std::string out;
    std::size_t used = 0;
    for (const char c : text) {
        const bool is_printable = base::is_printable(c);
        const std::size_t bytes = !is_printable           ? escape_bytes + 3
                                  : c == '\\' || c == '"' ? escape_bytes
                                                          : 1;
        if (bytes > room - used) {
            break;
        }
        used += bytes;
        if (is_printable) {
            out += c;
        } else {
            base::append_hex_escape(c, out);
        }
    }
    return out;
}

log_format::log_format(log_form form)
    : form_(form), time_("%Y-%m-%dT%H:%M:%S.%e%z", spdlog::pattern_time_type::local, "") {}

std::unique_ptr<spdlog::formatter> log_format::clone() const {
    return std::make_unique<log_format>(form_);
}

void log_format::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) {
    spdlog::memory_buf_t time;
    time_.format(message, time);
    line_.clear();
    const auto append = [this](std::string_view text) { line_.append(text.data(), text.size()); };
    if (form_ == log_form::json) {
        format_json(message, view(time));
    } else {
        const auto level = spdlog::level::to_string_view(message.level);
        append(view(time));
        append(" ");
        append({level.data(), level.size()});
        append(" ");
        const auto room = longest_log_line - line_.view().size() - 1;
        append(printable({message.payload.data(), message.payload.size()}, room, form_));
    }
    append("\n");
    to.append(line_.view().data(), line_.view().data() + line_.view().size());
}

void log_format::format_json(const spdlog::details::log_msg& message, std::string_view time) {
    fields_.clear();
    for (const auto& field : stats::log_fields::current()) {
        base::text_buffer one;
        write_field(field, one);
        if (one.view().size() <= room_for_fields - fields_.view().size()) {
            fields_.append(one.view().data(), one.view().size());
        }
    }
    const auto level = spdlog::level::to_string_view(message.level);
    json out(line_);
    out.plain("{\"time\":"_json, time);
    out.plain(",\"level\":"_json, {level.data(), level.size()});
    constexpr std::size_t around = std::string_view(R"(,"message":""})").size() + 1;
    const auto room = longest_log_line - line_.view().size() - fields_.view().size() - around;
    const std::string_view text(message.payload.data(), message.payload.size());
    out.text(",\"message\":"_json, printable(text, room, form_));
    line_.append(fields_.view().data(), fields_.view().size());
    out.raw("}"_json);
}

}  // namespace gim::program
