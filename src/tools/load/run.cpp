#include "tools/load/run.hpp"

#include "tools/client/gim_dialect.hpp"
#include "tools/client/plain_websocket.hpp"
#include "tools/load/connect_run.hpp"
#include "tools/load/delivery_run.hpp"
#include "tools/load/describe.hpp"
#include "tools/load/history_run.hpp"
#include "tools/load/idle_run.hpp"

#include <stdexcept>

namespace gim::load {

namespace {

measurement run_scenario(
    const load_options& options,
    const server_under_load& server,
    const client::dialect_factory& speak,
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
    const client::dialect_factory& speak,
    progress& tell
) {
    measurement m = run_scenario(options, server, speak, tell);
    describe(options, m);
    return m;
}

client::dialect_factory make_dialect_factory(const load_options& options) {
    if (options.dialect == dialect_kind::plain) {
        return [](const client::identity& who) -> std::unique_ptr<client::dialect> {
            return std::make_unique<client::plain_websocket>(who);
        };
    }
    return [form = options.form](const client::identity& who) -> std::unique_ptr<client::dialect> {
        return std::make_unique<client::gim_dialect>(who, form);
    };
}

}  // namespace gim::load
