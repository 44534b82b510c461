#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cli {

/// What a process says at /readyz.
struct process_state {
    bool ready = false;
    std::uint64_t applied = 0; ///< events of the log that it has applied
    std::optional<std::string>
        digest;       ///< of its ledger at `applied`; the bus and the mailboxes have none
    std::string body; ///< as answered, for people; the error when nobody answered
};

/// Asks once; `base` is the URL below which /readyz answers.
boost::asio::awaitable<process_state> ask_readiness(
    std::string base, boost::asio::ssl::context& tls);

/// Reads the answer's JSON; what is missing stays empty.
process_state read_readiness(bool ready, std::string body);

} // namespace cli
