#pragma once

#include "auth/authority.hpp"
#include "gim/settings/serve_flags.hpp"
#include "program/environment.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gim::cmd {

// What the server is told, and what of it may change while it runs.
//
// Threads: the main thread's.
class live_settings {
public:
    // `arguments` are those of the program, whose name is the first.
    live_settings(serve_settings now, std::vector<std::string> arguments, program::environment env);

    const serve_options& options() const noexcept { return now_.options; }

    // Reads the file of flags and the files of keys again. If they are good, options() say what
    // holds from now on, and `apply` is called with what checks tokens; else nothing has changed.
    // Then the log says what is new, or why it is not taken.
    void read_again(const std::function<void(auth::authority tokens)>& apply);

private:
    void fill_secret(serve_options& options) const;
    // Of what only a restart changes, keeps what holds.
    void log_changes(const std::vector<setting>& before);

    serve_settings now_;
    const std::vector<std::string> arguments_;
    const program::environment env_;
    // For the tokens that logins hand out where no secret is set: they outlive a reload.
    const std::string spare_secret_;
};

}  // namespace gim::cmd
