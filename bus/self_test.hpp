#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

namespace bus {

/// Connects to the broker at `endpoint` with a key that nobody listed. Throws std::runtime_error
/// unless it is turned away: CURVE whose gate does not answer lets every key in.
boost::asio::awaitable<void> prove_unknown_key_is_refused(
    boost::asio::any_io_executor executor,
    std::string endpoint,
    std::string server_public_key,
    std::chrono::milliseconds patience = std::chrono::milliseconds{10'000});

} // namespace bus
