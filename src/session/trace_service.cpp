#include "session/trace_service.hpp"

namespace gim::session {

using trace::recorder;
using worker::async_result;

trace_service::trace_service(node::node& all)
    : all_(all), keeper_(all.at(0)), alarm_(keeper_.thread, [this] { end_due(); }) {}

async_result<recorder::trace> trace_service::start(std::string_view user, duration lasting) {
    return worker::and_return(all_.here().thread, start_at_keeper(user, lasting));
}

async_result<recorder::trace>
trace_service::start_at_keeper(std::string_view user, duration lasting) {
    co_await worker::hop(keeper_.thread);
    const auto until = clock::now() + lasting;
    if (auto started = all_.traces().start(user, until); !started) {
        co_return started.error();
    }
    alarm_.ring_at(until);
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& s = all_.at(w);
        s.thread.run([&s, user = std::string(user)] { s.tracer->start(user); });
    }
    // Behind what was posted; then a login finds it, and one before is known at the user's home.
    for (std::size_t w = 0; w < all_.size(); ++w) {
        co_await worker::hop(keeper_.thread);
        co_await worker::hop(all_.at(w).thread);
    }
    co_await find_connections(std::string(user));
    co_return find(user);
}

// Those that are logged in already. Ends when their workers know.
boost::asio::awaitable<void> trace_service::find_connections(std::string user) {
    auto& home = all_.home_of_user(user);
    co_await worker::hop(home.thread);
    const auto known = home.users.connections(user);
    const std::vector<node::connection_ref> connections(known.begin(), known.end());
    for (const auto& c : connections) {
        auto& on = all_.at(c.worker);
        co_await worker::hop(on.thread);
        if (auto* const box = on.audience.box_of(c.id)) {
            on.tracer->connected(user, c.id, *box);
        }
    }
}

async_result<recorder::trace> trace_service::stop(std::string_view user) {
    return worker::and_return(all_.here().thread, stop_at_keeper(user));
}

async_result<recorder::trace> trace_service::stop_at_keeper(std::string_view user) {
    co_await worker::hop(keeper_.thread);
    auto seen = find(user);
    if (seen && all_.traces().stop(user)) {
        tell_all_to_stop(std::string(user));
    }
    co_return seen;
}

void trace_service::tell_all_to_stop(const std::string& user) {
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& s = all_.at(w);
        s.thread.run([&s, user] { s.tracer->stop(user, s.audience); });
    }
}

void trace_service::end_due() {
    for (const auto& user : all_.traces().take_ended(clock::now())) {
        tell_all_to_stop(user);
    }
    alarm_.ring_at(all_.traces().next_end());
}

model::result<recorder::trace> trace_service::find(std::string_view user) const {
    auto found = all_.traces().find(user);
    if (!found) {
        return model::not_found("id: this user is not traced");
    }
    return *std::move(found);
}

}  // namespace gim::session
