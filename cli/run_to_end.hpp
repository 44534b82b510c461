#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace cli {

/// Runs one command's conversation on an io_context of its own, on this thread; rethrows what it
/// throws.
int run_to_end(const std::function<boost::asio::awaitable<int>()>& conversation);

} // namespace cli
