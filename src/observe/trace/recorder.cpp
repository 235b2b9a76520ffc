#include "observe/trace/recorder.hpp"

#include "base/text_buffer.hpp"
#include "json/json_writer.hpp"
#include "observe/stats/log_limiter.hpp"

#include <algorithm>
#include <variant>

namespace gim::trace {

namespace {

using json::operator""_json;
using stats::log_field;

bool is_empty(const log_field& f) {
    const auto* text = std::get_if<std::string_view>(&f.value);
    return text != nullptr && text->empty();
}

// "trace user=ada step=stored us=41"
std::string line_of(std::span<const log_field> fields) {
    std::string out = "trace";
    for (const auto& f : fields) {
        if (is_empty(f)) {
            continue;
        }
        out.append(" ").append(f.name).append("=");
        if (const auto* number = std::get_if<std::uint64_t>(&f.value)) {
            out += std::to_string(*number);
        } else {
            out += std::get<std::string_view>(f.value);
        }
    }
    return out;
}

// {"time":1800000000000,"step":"stored","us":41}
std::string json_of(std::span<const log_field> fields) {
    base::text_buffer to;
    json::json_writer<json::json_level::plain> out(to);
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    out.number(
        "{\"time\":"_json, std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count()
    );
    for (const auto& f : fields) {
        if (is_empty(f)) {
            continue;
        }
        out.plain(","_json, f.name);
        if (const auto* number = std::get_if<std::uint64_t>(&f.value)) {
            out.number(":"_json, *number);
        } else {
            out.text(":"_json, std::get<std::string_view>(f.value));
        }
    }
    out.raw("}"_json);
    return std::string(to.view());
}

}  // namespace

model::result<void> recorder::start(std::string_view user, deadline until) {
    const std::scoped_lock lock(mutex_);
    const auto known = users_.find(user);
    if (known == users_.end() && users_.size() >= options_.users) {
        return model::error{
            model::status::too_many,
            "id: " + std::to_string(users_.size()) +
                " users are traced, as many as may be (--max-traced-users): end one first"};
    }
    base::value_at(users_, user).until = until;
    return {};
}

bool recorder::stop(std::string_view user) {
    const std::scoped_lock lock(mutex_);
    const auto known = users_.find(user);
    if (known == users_.end()) {
        return false;
    }
    users_.erase(known);
    return true;
}

std::vector<std::string> recorder::take_ended(clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> ended;
    for (auto at = users_.begin(); at != users_.end();) {
        if (at->second.until && *at->second.until <= now) {
            ended.push_back(at->first);
            at = users_.erase(at);
        } else {
            ++at;
        }
    }
    return ended;
}

recorder::deadline recorder::next_end() const {
    const std::scoped_lock lock(mutex_);
    deadline first;
    for (const auto& [user, t] : users_) {
        if (t.until && (!first || *t.until < *first)) {
            first = t.until;
        }
    }
    return first;
}

recorder::outcome
recorder::record(std::string_view user, std::span<const log_field> step, clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    const auto known = users_.find(user);
    if (known == users_.end()) {
        return outcome::not_traced;
    }
    auto& of = known->second;
    if (of.steps.size() >= options_.kept && !of.steps.empty()) {
        of.steps.pop_front();
    }
    if (options_.kept > 0) {
        of.steps.push_back(json_of(step));
    }
    std::vector<log_field> fields{{"user", user}};
    fields.insert(fields.end(), step.begin(), step.end());
    return write_line(of, fields, now);
}

recorder::outcome
recorder::write_line(traced& of, std::span<const log_field> fields, clock::time_point now) {
    const auto& limit = options_.lines;
    if (limit.is_on() && of.lines.wait(limit, now) > clock::duration::zero()) {
        ++of.held_back;
        ++of.unsaid;
        return outcome::held_back;
    }
    if (limit.is_on()) {
        of.lines.spend(limit, now);
    }
    stats::log_asked(fields, line_of(fields) + stats::held_back_text(std::exchange(of.unsaid, 0)));
    return outcome::written;
}

std::optional<recorder::trace> recorder::find(std::string_view user) const {
    const std::scoped_lock lock(mutex_);
    const auto known = users_.find(user);
    if (known == users_.end()) {
        return std::nullopt;
    }
    const auto& t = known->second;
    return trace{known->first, t.until, t.held_back, {t.steps.begin(), t.steps.end()}};
}

std::vector<recorder::trace> recorder::all() const {
    const std::scoped_lock lock(mutex_);
    std::vector<trace> out;
    for (const auto& [user, t] : users_) {
        out.push_back({user, t.until, t.held_back, {}});
    }
    std::ranges::sort(out, {}, &trace::user);
    return out;
}

}  // namespace gim::trace
