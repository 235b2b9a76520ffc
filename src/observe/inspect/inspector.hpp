#pragma once

#include "node/node.hpp"
#include "observe/inspect/connection_source.hpp"
#include "observe/inspect/questions.hpp"
#include "observe/inspect/worker_row.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gim::inspect {

struct inspector_options {
    std::string version;
    // What the doors have of that worker; both are called on it, and may be empty.
    std::function<connection_source&(std::size_t worker)> connections;
    std::function<void(std::size_t worker, worker_row&)> add_worker;
};

// Finds out for an operator who is slow, and why.
//
// Problem: there may be 100,000 connections and a million rooms, and looking at all of them must
// hold nobody up. So a worker looks at some thousands a turn, for less than a millisecond, and
// keeps no more than were asked for; only of those all is told.
//
// Threads: any worker's. All return, on the worker on which they were called, one JSON object. What
// is passed must live until then.
class inspector {
public:
    // `all` is borrowed and must outlive the inspector.
    inspector(node::node& all, inspector_options options);
    inspector(const inspector&) = delete;
    inspector& operator=(const inspector&) = delete;

    boost::asio::awaitable<std::string> connections(const connections_question& q);
    boost::asio::awaitable<std::string> rooms(const rooms_question& q);
    boost::asio::awaitable<std::string> workers();

private:
    // Each leaves the coroutine on some worker.
    boost::asio::awaitable<std::string> gather_connections(const connections_question& q);
    boost::asio::awaitable<std::string> gather_connections_of_user(const connections_question& q);
    boost::asio::awaitable<std::string> gather_rooms(const rooms_question& q);
    boost::asio::awaitable<std::string> gather_workers();

    // These begin and end on that worker.
    boost::asio::awaitable<std::vector<connection_figures>>
    foremost_connections(node::shard& of, const connections_question& q);
    boost::asio::awaitable<std::vector<room_row>>
    foremost_rooms(node::shard& of, const rooms_question& q);

    void add_connection(node::shard& of, push::connection_id id, std::vector<connection_row>&);
    worker_row read(node::shard& of) const;

    node::node& all_;
    const inspector_options options_;
};

}  // namespace gim::inspect
