#pragma once

#include "api/answer.hpp"
#include "api/question.hpp"
#include "base/text_buffer.hpp"
#include "session/services.hpp"

#include <boost/asio/awaitable.hpp>

namespace gim::api {

// Begins and ends message traces, and shows what they saw.
//
// Threads: any worker's.
class trace_handler {
public:
    // Borrowed; must outlive the handler.
    trace_handler(session::services& services, node::node& all) : services_(services), all_(all) {}

    // All return on the worker on which they were called; `q` must live until then.
    boost::asio::awaitable<answer> start(const question& q);
    boost::asio::awaitable<answer> stop(const question& q);
    answer show(const question& q) const;
    answer list() const;

private:
    using traced = trace::recorder::trace;

    answer describe(const model::result<traced>& found) const;
    void write(const traced& t, base::text_buffer& to) const;

    session::services& services_;
    node::node& all_;
};

}  // namespace gim::api
