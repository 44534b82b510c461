#pragma once

#include "mail/events.hpp"
#include "mail/identifier.hpp"
#include "mail/kept_events.hpp"
#include "mail/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// What a ledger knows of each thing in the log. Texts lie in the ledger's arena and are good as
/// long as the ledger.
namespace mail {

enum class delivery_status : std::uint8_t { pending, deferred, delivered, failed, withheld };
std::string_view to_text(delivery_status);
/// Delivered or failed: nothing is tried any more.
bool is_final(delivery_status status);

/// What became of a copy.
struct copy_state {
    std::string_view smtp_reply;
    bus_time next_attempt = 0; ///< of a deferred copy
    std::uint32_t attempts = 0;
    delivery_status status = delivery_status::pending;
};

struct recipient_state : copy_state {
    bool failure_notice_sent = false; ///< the sender knows of the failed copy
    bool revoked = false;
    bool may_have_read = false; ///< a granted attempt without its close
    kept_recipient accepted;
    std::string_view note; ///< of the revoke in force
    std::uint64_t reads = 0;
    std::optional<bus_time> first_read_at;
    std::uint32_t open_reads = 0; ///< how many granted attempts without their close
};

struct message_state {
    kept_message accepted;
    std::uint64_t seq = 0;
    bus_time time = 0;
    std::vector<recipient_state> recipients; ///< in the order of the event, each mailbox once

    const recipient_state* find(const address& mailbox) const;
    const recipient_state* find(const kept_address& mailbox) const;
    recipient_state* find(const address& mailbox);
    recipient_state* find(const kept_address& mailbox);
    std::optional<bus_time> expires_at() const; ///< nullopt: never
    bool expired_at(bus_time now) const;
    /// A link-based recipient exists.
    bool is_revocable() const;
    /// Every link-based recipient is revoked (and there is one).
    bool is_revoked() const;
};

struct submitted_copy : copy_state {
    kept_address mailbox;
};

struct submission_state {
    kept_id<event_tag> id;
    kept_submission submitted;
    bus_time time = 0;
    std::vector<submitted_copy> recipients; ///< each mailbox once
};

struct attempt_state {
    kept_access attempted;
    std::uint64_t seq = 0; ///< of the attempt or of its latest granted renewal
    bus_time time = 0;
    std::uint64_t first_seq = 0; ///< of the attempt itself
    bus_time first_time = 0;
    std::uint64_t bytes = 0;
    access_verdict verdict{}; ///< of the attempt, then of its latest renewal
    bool granted_once = false;
    bool closed = false;
};

/// The attempt shows something of the message: a view or an attachment.
bool discloses(const attempt_state& attempt);

struct challenge_state {
    kept_passcode issued;
    bus_time time = 0;
    std::uint32_t tries = 0;
    bool used = false;
};

struct session_state {
    kept_address mailbox;
    bus_time opened = 0;
    bool ended = false;
};

struct revoke_state {
    std::uint64_t seq = 0;
    kept_revoke revoked;
    bool enforced = false;
};

struct link_target {
    network_message_id message;
    address recipient;
};

} // namespace mail
