#include "storage/memory/known_users.hpp"

#include <ranges>
#include <utility>

namespace gim::storage {

known_users::known_users(
    shared_limit::share limit,
    clock::duration silence,
    std::function<void()> forgotten
)
    : limit_(limit), silence_(silence), forgotten_(std::move(forgotten)) {}

model::result<void> known_users::put(const model::user& user, clock::time_point now) {
    forget_silent(now);
    if (const auto found = users_.find(user.id); found != users_.end()) {
        found->second.name = user.name;
        return {};
    }
    if (!limit_.keep_new()) {
        return model::error{
            model::status::unavailable, "this server knows as many users as it may know"};
    }
    auto& added = add(user.id, user.name);
    limit_.make_space([this] { return forget_oldest(); });
    added.idle_since = now;
    idle_.push_back(added);
    publish_oldest();
    limit_.release();
    return {};
}

known_users::record& known_users::add(std::string_view id, std::string_view name) {
    const auto added = users_.try_emplace(std::string(id)).first;
    added->second.id = &added->first;
    added->second.name = name;
    limit_.add(1);
    return added->second;
}

std::optional<model::user> known_users::find(std::string_view id, clock::time_point now) const {
    const auto found = users_.find(id);
    if (found == users_.end() || is_silent(found->second, now)) {
        return std::nullopt;
    }
    return model::user{found->first, found->second.name};
}

void known_users::keep(std::string_view id, reason why) {
    const auto found = users_.find(id);
    const bool is_new = found == users_.end();
    auto& r = is_new ? add(id, id) : found->second;
    if (is_new || r.idle.is_linked()) {
        limit_.keep();
    }
    if (r.idle.is_linked()) {
        idle_.erase(idle_.iterator_to(r));
        publish_oldest();
    }
    r.reasons[static_cast<std::size_t>(why)] = true;
}

void known_users::release(std::string_view id, reason why, clock::time_point now) {
    forget_silent(now);
    const auto found = users_.find(id);
    if (found == users_.end()) {
        return;
    }
    auto& r = found->second;
    r.reasons[static_cast<std::size_t>(why)] = false;
    if (!r.is_kept() && !r.idle.is_linked()) {
        r.idle_since = now;
        idle_.push_back(r);
        publish_oldest();
        limit_.release();
    }
}

bool known_users::is_silent(const record& r, clock::time_point now) const noexcept {
    return silence_ != clock::duration::zero() && r.idle.is_linked() &&
           now - r.idle_since >= silence_;
}

void known_users::forget_silent(clock::time_point now) {
    // More than are added at each call, and not so many that other requests wait.
    constexpr std::size_t max_at_once = 16;
    for (std::size_t n = 0; n < max_at_once && !idle_.empty(); ++n) {
        if (!is_silent(idle_.front(), now)) {
            return;
        }
        forget_oldest();
    }
}

void known_users::evict() {
    limit_.evict([this] { return forget_oldest(); });
}

bool known_users::forget_oldest() {
    if (idle_.empty()) {
        return false;
    }
    auto& oldest = idle_.front();
    idle_.pop_front();
    users_.erase(users_.find(*oldest.id));
    limit_.remove(1);
    publish_oldest();
    forgotten_();
    return true;
}

void known_users::publish_oldest() noexcept {
    limit_.set_oldest(
        idle_.empty() ? shared_limit::no_entry : idle_.front().idle_since.time_since_epoch().count()
    );
}

// --- a snapshot

// First the users who are not idle, then the others, the one idle for longest last: a reader with
// less space leaves out the last.
void known_users::save(snapshot_writer& to) const {
    for (const auto& [id, r] : users_) {
        if (!r.idle.is_linked()) {
            to.add(snapshot::user{id, r.name});
        }
    }
    for (const auto& r : idle_ | std::views::reverse) {
        to.add(snapshot::user{*r.id, r.name});
    }
}

// All are idle from now on, until the reader knows better.
void known_users::restore(const snapshot::user& r, clock::time_point now) {
    if (const auto found = users_.find(r.id); found != users_.end()) {
        found->second.name = r.name;
        return;
    }
    if (limit_.limit() != 0 && limit_.used() >= limit_.limit()) {
        return;
    }
    auto& added = add(r.id, r.name);
    added.idle_since = now;
    idle_.push_front(added);
    publish_oldest();
}

}  // namespace gim::storage
