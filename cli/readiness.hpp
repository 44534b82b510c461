#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace cli {

/// What a process says on its health page.
struct process_state {
    bool ready = false;
    std::uint64_t applied = 0;         ///< events of the log that it has applied
    std::optional<std::string> digest; ///< of its ledger at `applied`; only when that was asked for
    std::string body;                  ///< as answered, for people; the error when nobody answered
};

/// Asks /readyz once; `base` is the health page's URL.
boost::asio::awaitable<process_state> ask_readiness(
    std::string base, boost::asio::ssl::context& tls);
/// Asks /digest once, which takes time where much was applied; the bus and the mailboxes have none.
boost::asio::awaitable<process_state> ask_digest(std::string base, boost::asio::ssl::context& tls);

/// Reads the JSON of either answer; what is missing stays empty.
process_state read_process_state(bool ready, std::string body);

} // namespace cli
