#include "load/run.hpp"

#include "load/connect_run.hpp"
#include "load/delivery_run.hpp"
#include "load/describe.hpp"
#include "load/gim_dialect.hpp"
#include "load/history_run.hpp"
#include "load/idle_run.hpp"
#include "load/plain_websocket.hpp"

#include <stdexcept>

namespace gim::load {

namespace {

measurement run_scenario(
    const load_options& options,
    const server_under_load& server,
    const dialect_factory& speak,
    progress& tell
) {
    switch (options.what) {
        case scenario::idle:
            return idle_run(options, server, speak, tell).run();
        case scenario::connect:
            return connect_run(options, server, speak, tell).run();
        case scenario::history:
            if (!server.api) {
                throw std::runtime_error("history needs the HTTP API too: give its --http-url");
            }
            return history_run(options, server, tell).run();
        default:
            return delivery_run(options, server, speak, tell).run();
    }
}

}  // namespace

measurement run(
    const load_options& options,
    const server_under_load& server,
    const dialect_factory& speak,
    progress& tell
) {
    measurement m = run_scenario(options, server, speak, tell);
    describe(options, m);
    return m;
}

dialect_factory make_dialect_factory(const load_options& options) {
    if (options.dialect == dialect_kind::plain) {
        return [](const identity& who) -> std::unique_ptr<dialect> {
            return std::make_unique<plain_websocket>(who);
        };
    }
    return [form = options.form](const identity& who) -> std::unique_ptr<dialect> {
        return std::make_unique<gim_dialect>(who, form);
    };
}

}  // namespace gim::load
