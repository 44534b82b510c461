#pragma once

#include "cli/wait_predicate.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace cli {

/// What made a predicate true.
struct finding {
    std::uint64_t seq = 0;
    std::string message;   ///< network message id; empty for none
    std::string text;      ///< one sentence for people
    std::string reference; ///< of a passcode: stands in its mail, too
};

/// Looks for a predicate in the log, event by event; pure. For `passcode` it finds the newest
/// challenge, for `link` the message that `of ID` names: their mails are then looked for in the
/// mailbox.
class log_watch {
public:
    /// Events up to `since` are applied but do not count.
    log_watch(wait_predicate predicate, std::uint64_t since);

    /// After `ledger` has applied it.
    void look(std::uint64_t seq, const mail::event& fact, const mail::ledger& ledger);

    /// True so far; a later event may undo it (a restore) or replace it (a newer passcode).
    const std::optional<finding>& found() const { return found_; }
    /// The last events, for people who waited in vain.
    std::string seen() const;

private:
    void consider(std::uint64_t seq, const mail::event& fact, const mail::ledger& ledger);
    void consider_delivery(
        std::uint64_t seq, const mail::delivery_attempted& fact, const mail::ledger& ledger);
    void consider_close(
        std::uint64_t seq, const mail::access_closed& fact, const mail::ledger& ledger);
    void consider_accept(std::uint64_t seq, const mail::message_accepted& fact);
    void consider_enforced(
        std::uint64_t seq, const mail::revocation_enforced& fact, const mail::ledger& ledger);
    void consider_passcode(
        std::uint64_t seq, const mail::passcode_issued& fact, const mail::ledger& ledger);
    void undo(const mail::network_message_id& message);
    bool names(const mail::network_message_id& message, const mail::ledger& ledger) const;
    bool is_address(const mail::address& mailbox) const;

    wait_predicate predicate_;
    std::uint64_t since_;
    std::optional<mail::address> address_;
    std::optional<finding> found_;
    std::map<std::string, finding> in_force_; ///< each message's, of those that count
    std::deque<std::string> last_;
};

} // namespace cli
