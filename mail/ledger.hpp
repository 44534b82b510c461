#pragma once

#include "mail/events.hpp"
#include "mail/verdict.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mail {

enum class delivery_status { pending, deferred, delivered, failed, withheld };
std::string_view to_text(delivery_status);

struct recipient_state {
    accepted_recipient accepted;
    delivery_status status = delivery_status::pending;
    std::uint32_t attempts = 0;
    bus_time next_attempt = 0; ///< of a deferred copy
    std::string smtp_reply;
    bool failure_notice_sent = false; ///< the sender knows of the failed copy
    bool revoked = false;
    std::string note; ///< of the revoke in force
    std::uint64_t reads = 0;
    std::optional<bus_time> first_read_at;
    bool may_have_read = false; ///< a granted attempt without its close
};

struct message_state {
    message_accepted accepted;
    std::uint64_t seq = 0;
    bus_time time = 0;
    std::vector<recipient_state> recipients; ///< in the order of `accepted.recipients`

    const recipient_state* find(const address& mailbox) const;
    bool expired_at(bus_time now) const;
    /// A link-based recipient exists.
    bool is_revocable() const;
    /// Every link-based recipient is revoked (and there is one).
    bool is_revoked() const;
};

struct submission_state {
    event_id id;
    mail_submitted submitted;
    bus_time time = 0;
    std::vector<recipient_state> recipients; ///< only mailbox, status, attempts, next_attempt, smtp_reply
};

struct attempt_state {
    access_attempted attempted;
    std::uint64_t seq = 0; ///< of the attempt or of its latest granted renewal
    bus_time time = 0;
    access_verdict verdict{}; ///< of the attempt, then of its latest renewal
    bool granted_once = false;
    bool closed = false;
    std::uint64_t bytes = 0;
};

struct challenge_state {
    passcode_issued issued;
    bus_time time = 0;
    std::uint32_t tries = 0;
    bool used = false;
};

struct session_state {
    address mailbox;
    bus_time opened = 0;
    bool ended = false;
};

struct revoke_state {
    std::uint64_t seq = 0;
    message_revoked revoked;
    bool enforced = false;
};

struct link_target {
    network_message_id message;
    address recipient;
};

/// What the log means: a deterministic state machine without clock, disk or randomness. Two ledgers
/// that applied the same events are equal, and so are their digests.
/// Not thread-safe. References and pointers stay good until the next apply.
class ledger {
public:
    static constexpr std::uint32_t passcode_tries = 5;
    static constexpr std::uint32_t passcode_tries_a_day = 50; ///< wrong ones, per mailbox
    static constexpr bus_time session_milliseconds = 3'600'000;

    /// `seq` must be applied() + 1 and `time` not before the last one; throws std::logic_error otherwise.
    void apply(std::uint64_t seq, bus_time time, const event& fact);

    std::uint64_t applied() const { return applied_; }
    bus_time time() const { return time_; }

    const message_state* find(const network_message_id& message) const;
    /// All that share one Message-ID header, in the order of the log.
    std::vector<network_message_id> with_message_id(const header_message_id& id) const;
    std::optional<link_target> find_link(const locator& link) const;

    /// In the order of the log; the visitor returns false to stop.
    void for_each_message(const std::function<bool(const message_state&)>& visit) const;
    void for_each_submission(const std::function<bool(const submission_state&)>& visit) const;
    const submission_state* find_submission(const event_id& submission) const;

    /// What a reader without regard to a session would be told at `now`: granted, revoked, shredded,
    /// expired or unknown.
    access_verdict availability(const network_message_id& message, const address& recipient, bus_time now) const;

    const attempt_state* find_attempt(const event_id& attempt) const;
    /// Granted attempts (or renewals) of these recipients (empty: all) before `seq` that have no close.
    std::vector<event_id> open_grants(
        const network_message_id& message,
        const std::vector<address>& recipients,
        std::uint64_t before) const;
    /// Recipients with a granted attempt before `seq` whose close, if any, says more than 0 bytes.
    std::vector<address> read_before(
        const network_message_id& message,
        const std::vector<address>& recipients,
        std::uint64_t before) const;

    const challenge_state* find_challenge(const challenge_id& challenge) const;
    /// nullopt: that event is no passcode.tried that was applied.
    std::optional<passcode_verdict> passcode_try(const event_id& tried) const;
    /// Passcodes issued for this mailbox in the 15 minutes before `now`.
    std::uint32_t passcodes_issued(const address& mailbox, bus_time now) const;
    const session_state* find_session(const session_hash& session) const;
    /// The mailbox that is signed in at `now`; nullptr: none.
    const address* signed_in(const session_hash& session, bus_time now) const;

    /// Revokes without their revocation.enforced, in the order of the log.
    std::vector<revoke_state> unenforced_revokes() const;
    /// The latest message.revoked of the message; nullopt: never revoked.
    std::optional<revoke_state> latest_revoke(const network_message_id& message) const;

    const organisation_entry& organisation() const { return organisation_; }
    const domain_entry* find_domain(std::string_view domain) const;
    const recipient_entry* find_recipient(const address& mailbox) const;
    const std::map<std::string, domain_entry>& domains() const { return domains_; }
    const std::map<std::string, recipient_entry>& directory_recipients() const { return directory_; }

    /// SHA-256 over the whole state in a canonical form, 64 hexadecimal digits.
    std::string digest() const;

private:
    std::uint64_t applied_ = 0;
    bus_time time_ = 0;
    organisation_entry organisation_;
    std::map<std::string, domain_entry> domains_;
    std::map<std::string, recipient_entry> directory_;
    // ... the owner of mail/ completes the state.
};

} // namespace mail
