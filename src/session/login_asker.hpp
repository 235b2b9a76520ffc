#pragma once

#include "auth/identity.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>

namespace gim::session {

// What a client said of itself when it came, and where it comes from. UTF-8.
struct login_question {
    std::optional<std::string> token = {};
    std::string id = {};  // empty: not given
    std::optional<std::string> name = {};
    std::string address = {};  // of the client, without the port
};

// Somebody else who knows whom a login is from.
//
// Threads: called on any worker; comes back to it.
class login_asker {
public:
    virtual ~login_asker() = default;

    // `q` must live until then. 401: they refused it; 503: there was no answer, and the client may
    // try again.
    virtual worker::async_result<auth::identity> ask(const login_question& q) = 0;
};

}  // namespace gim::session
