#include "storage/redis/redis_told.hpp"

#include "redis/command.hpp"
#include "storage/redis/redis_words.hpp"

namespace gim::storage {

namespace {

constexpr std::string_view message_word = "message";
constexpr std::string_view touch_word = "touch";
constexpr std::string_view member_word = "member";
constexpr std::string_view disconnect_word = "disconnect";

}  // namespace

void tell_parties(
    const redis_keys& keys,
    std::string_view node,
    const model::session_id& session,
    const model::user& sender,
    const private_delivery& to_whom,
    std::vector<std::string>& to
) {
    const auto tell = [&](std::string_view user, std::string_view title) {
        std::string line(message_word);
        line.append(" ").append(session.text()).append(" ").append(node).append(" ");
        redis::append_number(line, to_whom.except);
        line += ' ';
        redis::append_number(line, title.size());
        line.append(" ").append(title).append(" ");
        to.push_back(keys.user_channel(user));
        to.push_back(std::move(line));
    };
    tell(to_whom.receiver.id, sender.name);
    if (to_whom.receiver.id != sender.id) {
        tell(sender.id, to_whom.receiver.name);
    }
}

std::optional<told_message> parse_told_message(std::string_view line) {
    told_message out;
    std::size_t title_bytes = 0;
    if (take_word(line) != message_word) {
        return std::nullopt;
    }
    out.session = take_word(line);
    out.node = take_word(line);
    if (!take_number(line, out.connection) || !take_number(line, title_bytes) ||
        title_bytes >= line.size() || line[title_bytes] != ' ') {
        return std::nullopt;
    }
    out.title = line.substr(0, title_bytes);
    out.record = line.substr(title_bytes + 1);
    return out;
}

std::optional<told_touched> parse_told_touch(std::string_view line) {
    told_touched out;
    if (take_word(line) != touch_word || !take_number(line, out.number)) {
        return std::nullopt;
    }
    out.session = take_word(line);
    if (out.session.empty() || !take_last_number(line, out.sequence)) {
        return std::nullopt;
    }
    return out;
}

std::optional<std::string_view> parse_told_membership(std::string_view line) {
    if (take_word(line) != member_word || !model::is_valid_id(line)) {
        return std::nullopt;
    }
    return line;
}

std::optional<std::string_view> parse_told_disconnect(std::string_view line) {
    if (take_word(line) != disconnect_word || line.empty()) {
        return std::nullopt;
    }
    return line;
}

}  // namespace gim::storage
