#pragma once

#include "protocol/error.hpp"

#include <boost/asio/awaitable.hpp>

namespace gim::storage {

template <class T>
using async_result = boost::asio::awaitable<protocol::result<T>>;

}  // namespace gim::storage
