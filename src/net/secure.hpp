#pragma once

#include "net/stream.hpp"
#include "net/tls_context.hpp"
#include "observe/stats/counters.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace gim::net {

// Begins TLS on a connection that was plain so far; afterwards the stream reads and writes
// plaintext. `received` is what was read of it already: the first bytes of the handshake, for
// those who had to look for something before it (a PROXY header). Afterwards it is empty.
//
// Whoever speaks plain HTTP is told so. After an error only end_gently() is left. It has no time
// limit of its own: whoever waits too long closes the stream. All must live until the awaitable has
// completed.
asio::awaitable<boost::system::error_code> secure(
    stream& connection,
    const tls_context& context,
    std::string& received,
    stats::counters& counters
);

}  // namespace gim::net
