#pragma once

#include "model/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace gim::worker {

template <class T>
using async_result = boost::asio::awaitable<model::result<T>>;

}  // namespace gim::worker
