#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// What `sealpost wait` waits for. The grammar, words in any case, ADDR a mail address, ID a
/// network message id or a Message-ID:
///
///     delivered to ADDR [of ID]     a copy of a message was handed to the recipient's mail system
///     accepted from ADDR            the gateway answered 250 to a mail of that sender
///     read by ADDR [of ID]          a link reader was shown the message
///     in force [of ID]              a revoke is in force: enforced, and nothing revoked or
///     restored since passcode for ADDR             the passcode mail of the newest challenge has
///     arrived link for ADDR [of ID]         a wrapper mail with its link has arrived applied
///     through SEQ           every process has applied the log through that event
struct wait_predicate {
    enum class kind { delivered, accepted, read, in_force, passcode, link, applied };

    kind what{};
    std::string address; ///< empty where the kind has none
    std::string id;      ///< empty: any message
    std::uint64_t seq = 0;

    bool operator==(const wait_predicate&) const = default;
};

/// Throws failure (wrong_arguments) that says what is wrong and shows the grammar.
wait_predicate parse_predicate(std::string_view text);

} // namespace cli
