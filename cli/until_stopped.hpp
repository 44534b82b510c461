#pragma once

#include <boost/asio/awaitable.hpp>

namespace cli {

/// Runs `work` to its end, or until SIGINT or SIGTERM, which cancels it: what it holds is let go of
/// as on every other way out. False: it was stopped. What `work` throws is thrown.
boost::asio::awaitable<bool> until_stopped(boost::asio::awaitable<void> work);

/// The same until whoever reads standard output has gone (`| head -1`): who prints seldom would not
/// hear of it for long.
boost::asio::awaitable<void> while_read(boost::asio::awaitable<void> work);

} // namespace cli
