#pragma once

#include "gateway/smtp_receiver.hpp"
#include "mail/events.hpp"
#include "mail/ledger.hpp"
#include "mail/packed_state.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway {

enum class copy_kind {
    message,       ///< one recipient's copy of an accepted mail
    submission,    ///< a passcode or notice, sent plain
    failure_notice ///< to the sender, about `recipient`'s failed copy
};

/// One thing to hand to the next hop.
struct queued_copy {
    copy_kind kind{};
    std::string message; ///< network message id, or the event id of a mail.submitted
    mail::address recipient;
    mail::bus_time since = 0;   ///< giving up is counted from here
    std::uint32_t attempts = 0; ///< made so far
    /// What came of the last try, as long as the log does not know it: to be recorded, and nothing
    /// sent again.
    std::optional<mail::delivery_attempted> outcome = std::nullopt;
};

/// Bounds of the exponential back-off, in milliseconds.
struct retry_policy {
    mail::bus_time first = 60'000;
    mail::bus_time longest = 3'600'000;
    mail::bus_time give_up = 5 * 86'400'000LL;
};

struct delivery_decision {
    mail::delivery_outcome outcome{};
    std::optional<mail::bus_time> next_attempt;
};

/// What the reply of the next hop means for a copy: 2xx delivered, 5xx failed, all else deferred
/// until the next try, or failed once that has gone on for `give_up`.
delivery_decision decide(
    const smtp_reply& reply,
    const queued_copy& copy,
    mail::bus_time now,
    const retry_policy& policy);

/// What to try next, and when. A pure function of the log: fed every event from the first, it is
/// the same after each start. A copy stays in flight until the log says what came of it, or until
/// it is postponed.
class delivery_queue {
public:
    explicit delivery_queue(std::size_t concurrency = 10) : concurrency_(concurrency) {}

    /// After the ledger applied this event of `time`.
    void observe(const mail::ledger& ledger, mail::bus_time time, const mail::event& fact);

    /// Copies whose time has come, now in flight; never more than `concurrency` at once.
    std::vector<queued_copy> take_due(mail::bus_time now);
    /// Nothing of this try stands in the log: again at `due`, as the copy is now.
    void postpone(const queued_copy& copy, mail::bus_time due);
    /// The log knows already what came of it.
    void forget(const queued_copy& copy);
    /// When the next copy is due; nullopt: none waits, or as many are in flight as may be.
    std::optional<mail::bus_time> next_due() const;

    /// What waits, and what is in flight as if it waited: nothing of a try that the log does not
    /// know.
    void write(const mail::octet_sink& to) const;
    /// The queue that wrote these octets takes this one's place. Throws mail::damaged_state and
    /// changes nothing then.
    void read(std::string_view octets);

    std::size_t waiting() const { return due_.size(); }
    std::size_t in_flight() const { return entries_.size() - due_.size(); }

private:
    struct key {
        copy_kind kind{};
        std::string message;
        std::string recipient;
        auto operator<=>(const key&) const = default;
    };
    struct entry {
        queued_copy copy;
        mail::bus_time due = 0;
        bool in_flight = false;
    };

    void accepted(mail::bus_time time, const mail::message_accepted& fact);
    void submitted(mail::bus_time time, const mail::event_id& id, const mail::mail_submitted& fact);
    void attempted(
        const mail::ledger& ledger, mail::bus_time time, const mail::delivery_attempted& fact);
    void message_copy_ended(
        const mail::message_state& message,
        mail::bus_time time,
        const mail::delivery_attempted& fact);
    void access_changed(
        const mail::ledger& ledger,
        mail::bus_time time,
        const mail::network_message_id& message,
        const std::vector<mail::address>& recipients);

    static key key_of(copy_kind kind, const std::string& message, const mail::address& recipient);
    void add(queued_copy copy, mail::bus_time due);
    void reschedule(entry& entry, mail::bus_time due);
    void remove(const key& which);

    std::size_t concurrency_;
    std::map<key, entry> entries_;
    std::set<std::pair<mail::bus_time, key>> due_; ///< of those not in flight
};

} // namespace gateway
