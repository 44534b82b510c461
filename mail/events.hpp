#pragma once

#include "mail/address.hpp"
#include "mail/identifier.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Every fact of the pipeline. JSON stands in event_json alone; docs/events.md lists the same
/// fields. No event ever holds a body, an attachment, a passcode, a link token or a key.
namespace mail {

/// Milliseconds since 1970 by bus time.
using bus_time = std::int64_t;

enum class identity_type : std::uint8_t { office365, microsoft_account, google, yahoo, other };
enum class client_type : std::uint8_t { outlook, other };
enum class delivery_mode : std::uint8_t { in_line, link }; ///< "inline" and "link" in events
enum class delivery_outcome : std::uint8_t { delivered, deferred, failed, withheld };
enum class access_kind : std::uint8_t { view, attachment, reply, forward };
enum class sign_in_method : std::uint8_t { passcode };
enum class submission_kind : std::uint8_t { passcode, reply, forward, notice };
enum class role : std::uint8_t { administrator, sender, auditor };

struct accepted_recipient {
    address mailbox;
    identity_type identity{};
    client_type client{};
    delivery_mode delivery{};
    bool revocable{};
    std::string
        rule; ///< name of what decided: "directory", "organisation force-link", a rule's name
    std::string reason; ///< one sentence for people
    locator link;       ///< empty for inline recipients
};

/// Gateway: the mail is on disk and ours to deliver.
struct message_accepted {
    static constexpr std::string_view type = "sealpost.message.accepted";
    network_message_id message;
    header_message_id message_id;
    address sender; ///< null for a bounce
    std::string subject;
    std::uint64_t size{}; ///< octets of the mail as received
    content_id content;
    std::string protection = "Encrypt-Only";
    std::string template_name = "OME Configuration";
    std::int64_t expiry_seconds{}; ///< 0: never
    std::vector<accepted_recipient> recipients;
};

/// Gateway: one try to hand one recipient's copy on, or the decision to withhold it.
struct delivery_attempted {
    static constexpr std::string_view type = "sealpost.delivery.attempted";
    std::string message; ///< network message id, or the event id of a mail.submitted
    address recipient;
    delivery_outcome outcome{};
    std::string smtp_reply;               ///< the peer's last reply, or why there was none
    std::optional<bus_time> next_attempt; ///< of a deferred copy
    bool failure_notice = false; ///< true: the notice to the sender about `recipient`'s failed copy
};

struct passcode_issued {
    static constexpr std::string_view type = "sealpost.passcode.issued";
    challenge_id challenge;
    network_message_id message;
    address recipient;
    std::int64_t valid_seconds = 900; ///< from bus time of this event
    std::string reference; ///< shown on the page and in the mail, so that a reader matches them
    std::string code_hash; ///< HMAC-SHA-256 of the code with the portals' secret, hexadecimal
};

/// Portal: somebody typed a code. Whether it opens the session is the ledger's to say.
struct passcode_tried {
    static constexpr std::string_view type = "sealpost.passcode.tried";
    challenge_id challenge;
    bool right{};
    session_hash session; ///< the session that opens if the ledger agrees
};

struct access_attempted {
    static constexpr std::string_view type = "sealpost.access.attempted";
    network_message_id message;
    address recipient;
    session_hash session;
    std::string portal; ///< name of the portal process
    access_kind what{};
    std::string item; ///< attachment index, empty for a view
    sign_in_method method{};
};

/// Portal: a download goes on beyond its grant; `attempt` is the event id of access.attempted.
struct access_renewed {
    static constexpr std::string_view type = "sealpost.access.renewed";
    event_id attempt;
};

struct access_closed {
    static constexpr std::string_view type = "sealpost.access.closed";
    event_id attempt;
    std::uint64_t bytes{}; ///< handed to the kernel
    std::string ending;    ///< "complete", "aborted", "revoked", "grant ended"
};

struct session_ended {
    static constexpr std::string_view type = "sealpost.session.ended";
    session_hash session;
};

/// Portal: mail for the gateway to send.
struct mail_submitted {
    static constexpr std::string_view type = "sealpost.mail.submitted";
    submission_kind kind{};
    content_id content;
    std::string in_answer_to; ///< network message id
    std::vector<address> recipients;
    std::int64_t valid_seconds{}; ///< dropped when later than this after its bus time; 0: never
};

struct message_revoked {
    static constexpr std::string_view type = "sealpost.message.revoked";
    network_message_id message;
    std::vector<address> recipients; ///< empty: all
    std::string actor;               ///< name of the token's holder
    mail::role role{};
    std::string reason;
    std::string note; ///< shown to the reader below the fixed text
};

struct message_restored {
    static constexpr std::string_view type = "sealpost.message.restored";
    network_message_id message;
    std::vector<address> recipients; ///< empty: all
    std::string actor;
    mail::role role{};
    std::string reason;
    std::string note;
};

struct revocation_enforced {
    static constexpr std::string_view type = "sealpost.revocation.enforced";
    network_message_id message;
    std::uint64_t revoke_seq{};
    std::int64_t milliseconds{}; ///< from the request to in force
    std::uint64_t grants_ended{};
    std::vector<address> read_before;
};

struct organisation_entry {
    std::string name;
    bool force_link = false;
    std::int64_t expiry_seconds = 0; ///< 0: never
};
struct domain_entry {
    std::string domain; ///< lower case
    identity_type identity{};
    client_type client{};
    bool removed = false;
};
struct recipient_entry {
    address mailbox;
    identity_type identity{};
    client_type client{};
    std::string certificate; ///< PEM of the S/MIME certificate, empty for none
    bool reads_gcm = false;  ///< client reads AuthEnvelopedData with AES-256-GCM
    bool removed = false;
};

/// Revocation service (admin API): entries replace those of the same key.
struct directory_changed {
    static constexpr std::string_view type = "sealpost.directory.changed";
    std::optional<organisation_entry> organisation;
    std::vector<domain_entry> domains;
    std::vector<recipient_entry> recipients;
    std::string actor;
};

/// A type that this version does not know: kept in order, without effect.
struct unknown_event {
    std::string type;
};

using event_body = std::variant<
    unknown_event,
    message_accepted,
    delivery_attempted,
    passcode_issued,
    passcode_tried,
    access_attempted,
    access_renewed,
    access_closed,
    session_ended,
    mail_submitted,
    message_revoked,
    message_restored,
    revocation_enforced,
    directory_changed>;

struct event {
    event_id id;
    std::string source; ///< CloudEvents source: "/gateway", "/portal/1", "/revocation"
    event_body body;
};

/// The CloudEvents type of the event's body.
std::string_view type_of(const event& fact);

} // namespace mail
