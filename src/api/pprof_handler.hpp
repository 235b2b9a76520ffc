#pragma once

#include "api/answer.hpp"
#include "api/routes.hpp"
#include "model/query_source.hpp"
#include "node/node.hpp"
#include "observe/profiling/symbol_table.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <optional>
#include <string_view>

namespace gim::api {

// What pprof asks: GET /debug/pprof/profile, heap, cmdline and symbol.
//
// Threads: any worker's.
class pprof_handler {
public:
    enum class switched { off, on };
    // `all` and `ready` are borrowed and must outlive the handler. `ready`: a profile ends when
    // that is false, since the server stops.
    pprof_handler(switched how, node::node& all, const std::atomic<bool>& ready);

    // 404 if it is off. Returns on the worker on which it was called; what is passed must live
    // until then.
    boost::asio::awaitable<answer>
    serve(endpoint what, model::query_parameters query, std::string_view body);

private:
    boost::asio::awaitable<answer> profile(model::query_parameters query);

    node::node& all_;
    const std::atomic<bool>& ready_;
    std::optional<profiling::symbol_table> symbols_;  // empty: it is off
};

}  // namespace gim::api
