#pragma once

#include "cli/endpoints.hpp"
#include "cli/log_moment.hpp"

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include <string>

namespace cli {

/// What the admin API would have answered about message `id` at that moment, in the same shape: the
/// same function on a ledger that applied the log up to there. Throws failure when there is no such
/// message yet, several share the Message-ID, or the log ends before that event.
boost::asio::awaitable<nlohmann::json> status_at(
    const endpoints& where, std::string id, log_moment moment);

} // namespace cli
