#pragma once

#include <boost/asio/awaitable.hpp>

namespace cli {

/// Runs `work` to its end, or until `end` has come to its own, which cancels it: what it holds is
/// let go of as on every other way out. False: it was cancelled. What `work` throws is thrown.
boost::asio::awaitable<bool> until(
    boost::asio::awaitable<void> work, boost::asio::awaitable<void> end);

/// Until SIGINT or SIGTERM.
boost::asio::awaitable<bool> until_stopped(boost::asio::awaitable<void> work);

/// Until whoever reads standard output has gone (`| head -1`): who prints seldom would not hear of
/// it for long.
boost::asio::awaitable<void> while_read(boost::asio::awaitable<void> work);

} // namespace cli
