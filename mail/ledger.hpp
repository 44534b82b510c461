#pragma once

#include "mail/events.hpp"
#include "mail/ledger_records.hpp"
#include "mail/packed_state.hpp"
#include "mail/position_index.hpp"
#include "mail/sip_hash.hpp"
#include "mail/text_arena.hpp"
#include "mail/text_keeper.hpp"
#include "mail/verdict.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mail {

/// What the log means: a deterministic state machine without clock, disk or randomness. Two ledgers
/// that applied the same events are equal, and so are their digests.
/// Not thread-safe. References and pointers stay good until the next apply. Can't be copied; what
/// write() wrote can be read as often as wanted.
class ledger {
public:
    static constexpr std::uint32_t passcode_tries = 5;
    static constexpr std::uint32_t passcode_tries_a_day = 50; ///< wrong ones, per mailbox
    /// Per mailbox in passcode_issue_milliseconds: what is issued beyond that opens nothing.
    static constexpr std::uint32_t passcodes_in_a_window = 10;
    static constexpr bus_time session_milliseconds = 3'600'000;
    static constexpr bus_time passcode_history_milliseconds = 86'400'000;
    static constexpr bus_time passcode_issue_milliseconds = 900'000;

    ledger() = default;
    ledger(const ledger&) = delete;
    ledger(ledger&&) = default;
    ledger& operator=(const ledger&) = delete;
    ledger& operator=(ledger&&) = default;

    /// `seq` must be applied() + 1 and `time` not before the last one; throws std::logic_error
    /// otherwise. Nothing in an event makes it throw: what makes no sense where it stands has no
    /// effect.
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

    /// What a reader without regard to a session would be told at `now`: granted, revoked,
    /// shredded, expired or unknown.
    access_verdict availability(
        const network_message_id& message, const address& recipient, bus_time now) const;

    const attempt_state* find_attempt(const event_id& attempt) const;
    /// Granted attempts (or renewals) of these recipients (empty: all) before `seq` that have no
    /// close.
    std::vector<event_id> open_grants(
        const network_message_id& message,
        const std::vector<address>& recipients,
        std::uint64_t before) const;
    /// Recipients with a granted attempt before `seq` whose close, if any, says more than 0 bytes.
    std::vector<address> read_before(
        const network_message_id& message,
        const std::vector<address>& recipients,
        std::uint64_t before) const;

    /// nullptr: no passcode of that id was issued to a link's reader within the limit.
    const challenge_state* find_challenge(const challenge_id& challenge) const;
    /// nullopt: that event is no passcode.tried that was applied.
    std::optional<passcode_verdict> passcode_try(const event_id& tried) const;
    /// Passcodes issued for this mailbox in the 15 minutes before `now`.
    std::uint32_t passcodes_issued(const address& mailbox, bus_time now) const;
    const session_state* find_session(const session_hash& session) const;
    /// The mailbox that is signed in at `now`; nullptr: none.
    const kept_address* signed_in(const session_hash& session, bus_time now) const;

    /// Revokes without their revocation.enforced, in the order of the log.
    std::vector<revoke_state> unenforced_revokes() const;
    /// The latest message.revoked of the message; nullopt: never revoked.
    std::optional<revoke_state> latest_revoke(const network_message_id& message) const;

    const organisation_entry& organisation() const { return organisation_; }
    const domain_entry* find_domain(std::string_view domain) const;
    const recipient_entry* find_recipient(const address& mailbox) const;
    const std::map<std::string, domain_entry>& domains() const { return domains_; }
    const std::map<std::string, recipient_entry>& directory_recipients() const
    {
        return directory_;
    }

    /// SHA-256 of what write() writes, 64 hexadecimal digits.
    std::string digest() const;
    /// The whole state in its one canonical form.
    void write(const octet_sink& to) const;
    /// The ledger that wrote these octets. Throws damaged_state.
    static ledger read(std::string_view octets);
    /// The same, which must have applied the log through event `applied`: it could not go on from
    /// there otherwise.
    static ledger read(std::string_view octets, std::uint64_t applied);

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    struct message_entry {
        message_state state;
        std::uint32_t latest_attempt = none; ///< granted; position in attempts_
        std::uint32_t latest_revoke = none;  ///< position in revokes_
    };
    struct attempt_entry {
        kept_id<event_tag> id;
        attempt_state state;
        std::uint32_t message = none;  ///< position in messages_
        std::uint32_t previous = none; ///< granted one of the same message
    };
    /// Of one mailbox, whatever the message: what the limits on passcodes count.
    struct passcode_history {
        std::string_view mailbox;     ///< its key
        std::vector<bus_time> issued; ///< of the 15 minutes before the last one
        std::vector<bus_time> wrong;  ///< of the 24 hours before the last try
    };
    struct passcode_ruling {
        kept_id<event_tag> tried;
        passcode_verdict verdict{};
    };
    struct opened_session {
        kept_id<session_tag> session;
        session_state state;
    };

    void rule(const event_id& id, const unknown_event& fact);
    void rule(const event_id& id, const message_accepted& fact);
    void rule(const event_id& id, const delivery_attempted& fact);
    void rule(const event_id& id, const passcode_issued& fact);
    void rule(const event_id& id, const passcode_tried& fact);
    void rule(const event_id& id, const access_attempted& fact);
    void rule(const event_id& id, const access_renewed& fact);
    void rule(const event_id& id, const access_closed& fact);
    void rule(const event_id& id, const session_ended& fact);
    void rule(const event_id& id, const mail_submitted& fact);
    void rule(const event_id& id, const message_revoked& fact);
    void rule(const event_id& id, const message_restored& fact);
    void rule(const event_id& id, const revocation_enforced& fact);
    void rule(const event_id& id, const directory_changed& fact);

    std::optional<std::uint32_t> position_of(std::string_view message) const;
    const message_entry* entry_of(std::string_view message) const;
    message_entry* entry_of(std::string_view message);
    std::optional<std::uint32_t> first_with_message_id(std::string_view id) const;
    void note_message_id(std::uint32_t position);
    attempt_entry* attempt_of(std::string_view attempt);
    opened_session* session_of(std::string_view session);
    submission_state* submission_of(std::string_view submission);
    access_verdict judge(const attempt_entry& entry) const;
    const kept_address* reader_of(std::string_view session, bus_time now) const;
    void begin_read(const attempt_entry& entry);
    void end_read(const attempt_entry& entry);
    /// Positions of the message's granted attempts, in the order of the log.
    std::vector<std::uint32_t> granted(std::string_view message) const;
    void record_attempt(copy_state& copy, const delivery_attempted& fact);
    void record_attempt_of(
        const message_state& message, recipient_state& recipient, const delivery_attempted& fact);
    std::optional<std::uint32_t> challenge_position(std::string_view challenge) const;
    passcode_verdict judge(challenge_state& challenge, const passcode_tried& tried);
    bool open_session(const session_hash& session, const kept_address& mailbox);
    const passcode_history* find_history(std::string_view mailbox) const;
    passcode_history& history_of(const kept_address& mailbox);
    /// Everything that is not found again from the rest, for writing and for reading.
    template <class Fields, class Ledger>
    static void describe_directory(Fields& fields, Ledger& self);
    template <class Fields, class Ledger>
    static void describe_messages(Fields& fields, Ledger& self);
    template <class Fields, class Ledger>
    static void describe_access(Fields& fields, Ledger& self);
    template <class Fields, class Ledger>
    static void describe_all(Fields& fields, Ledger& self);
    void make_sums();
    // Of the last record of each kind, or of the one there: its texts become the ledger's, and the
    // indexes find it.
    void keep_message(std::uint32_t position);
    void keep_submission(std::uint32_t position);
    void keep_attempt(std::uint32_t position);
    void keep_challenge(std::uint32_t position);
    void keep_ruling(std::uint32_t position);
    void keep_session(std::uint32_t position);
    void keep_revoke(std::uint32_t position);
    void keep_history(std::uint32_t position);
    void keep_everything();

    std::uint64_t applied_ = 0;
    bus_time time_ = 0;
    event_id first_; ///< of the log; no stranger knows it, so it keys the sums of the indexes
    sip_hash sum_;
    organisation_entry organisation_;
    std::map<std::string, domain_entry> domains_;
    std::map<std::string, recipient_entry> directory_;
    text_arena arena_;

    // Everything in the order of the log; the indexes beside it find positions.
    std::deque<message_entry> messages_;
    /// Further messages with the Message-ID of one, by its position.
    std::map<std::uint32_t, std::vector<std::uint32_t>> same_message_id_;
    std::deque<submission_state> submissions_;
    std::deque<attempt_entry> attempts_;
    std::deque<challenge_state> challenges_;
    std::deque<passcode_ruling> rulings_;
    std::deque<opened_session> sessions_;
    std::deque<revoke_state> revokes_;
    std::map<std::uint64_t, std::uint32_t> unenforced_; ///< seq of a revoke to its position
    std::deque<passcode_history> histories_;

    position_index message_index_;
    position_index message_id_index_; ///< of the first message with that Message-ID
    position_index link_index_;       ///< of the message
    position_index submission_index_;
    position_index attempt_index_;
    position_index challenge_index_;
    position_index ruling_index_;
    position_index session_index_;
    position_index history_index_;
};

} // namespace mail
