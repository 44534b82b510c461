#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "revocation/input_fault.hpp"
#include "revocation/message_search.hpp"
#include "revocation/message_trace.hpp"
#include "revocation/revoke_access.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where the admin API meets JSON; the directory's part stands in directory_json.
namespace revocation {

/// Answer of …/revoke and …/restore.
struct access_answer {
    std::optional<std::uint64_t> seq; ///< of the event that holds; nullopt: there never was one
    bool changed = false;             ///< this request appended it
    std::int64_t milliseconds = 0;    ///< from the request to in force
    std::vector<mail::address> read_before;
    std::vector<not_revocable_recipient> not_revocable;
};
std::string to_json(const access_answer& answer);

/// The fields that docs/interfaces.md promises, and what a reader of the ledger can add.
std::string message_json(const mail::ledger& ledger, const mail::message_state& message);
std::string messages_json(const mail::ledger& ledger, const found_messages& found);
std::string trace_json(const mail::message_state& message, const std::vector<trace_row>& rows);

/// problem+json (RFC 9457) with what a caller needs to go on.
struct problem {
    unsigned status = 500;
    std::string detail;
    std::vector<input_fault> faults;                    ///< "errors"
    std::vector<not_revocable_recipient> not_revocable; ///< of a revoke that was refused
    std::vector<mail::address> unknown_recipients;
    std::vector<mail::network_message_id> network_ids; ///< of messages that share a Message-ID
    std::optional<std::uint64_t> seq; ///< of an event that stands in the log all the same
};
std::string to_json(const problem& refusal);

} // namespace revocation
