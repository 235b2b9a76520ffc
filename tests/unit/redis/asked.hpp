#pragma once

#include "redis/client.hpp"
#include "support/on_worker.hpp"
#include "unit/redis/reply_text.hpp"

#include <boost/asio/awaitable.hpp>

#include <future>
#include <string>

namespace gim::test {

// What comes of a command that is sent on the client's worker, as reply_text(); "lost".
template <class... Arguments>
std::future<std::string> ask(redis::client& to, Arguments... arguments) {
    return start_on(to.home(), [&to, arguments...]() -> boost::asio::awaitable<std::string> {
        redis::call asked(to, arguments...);
        co_await asked.done();
        co_return asked.is_lost() ? std::string("lost") : reply_text(asked.reply());
    });
}

}  // namespace gim::test
