#pragma once

#include "cli/endpoints.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace cli {

/// The directory of the played organisation: Contoso, the mail systems that the demo writes to, and
/// two simulated clients that hold S/MIME keys. The body of POST /v1/directory.
std::string default_directory(const state_directory& state);

/// Appends it when the log holds no directory yet; what somebody applied before is kept.
boost::asio::awaitable<void> apply_default_directory(const endpoints& where);

} // namespace cli
