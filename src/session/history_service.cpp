#include "session/history_service.hpp"

#include "session/membership.hpp"

namespace gim::session {

using model::history_reply;
using model::history_request;
using worker::async_result;

async_result<history_reply>
history_service::history(const node::caller& who, const history_request& request) {
    return worker::and_return(all_.here().thread, read(who, request));
}

// Leaves the coroutine at the session's home.
async_result<history_reply>
history_service::read(const node::caller& who, const history_request& request) {
    if (auto has_memory = all_.require_memory(); !has_memory) {
        co_return has_memory.error();
    }
    auto& home = all_.home_of(request.session);
    co_await worker::hop(home.thread);
    auto allowed = co_await require_reader(home, request.session, who);
    if (!allowed) {
        co_return allowed.error();
    }
    co_return co_await home.store->history(request.session, request.query);
}

}  // namespace gim::session
