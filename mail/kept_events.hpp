#pragma once

#include "mail/address.hpp"
#include "mail/events.hpp"
#include "mail/identifier.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a ledger keeps of events: the same fields, with texts that lie somewhere else. A ledger's
/// own lie in its arena and are good as long as the ledger.
namespace mail {

/// An identifier whose text lies somewhere else.
template <class Tag>
struct kept_id {
    std::string_view text;

    kept_id() = default;
    explicit kept_id(std::string_view where) : text(where) {}
    /// Good as long as `from`.
    explicit kept_id(const identifier<Tag>& from) : text(from.text) {}
    operator identifier<Tag>() const { return {std::string(text)}; }

    bool empty() const { return text.empty(); }
    bool operator==(const kept_id&) const = default;
    bool operator==(const identifier<Tag>& other) const { return text == other.text; }
};

/// A mailbox, or none, whose texts lie somewhere else.
class kept_address {
public:
    kept_address() = default;
    /// Good as long as `from`.
    explicit kept_address(const address& from) : kept_address(from.text(), from.key()) {}
    /// The texts of an address; no longer than address::parse allows.
    kept_address(std::string_view text, std::string_view key)
        : text_(text.data()),
          key_(key.data()),
          text_size_(static_cast<std::uint16_t>(text.size())),
          key_size_(static_cast<std::uint16_t>(key.size()))
    {}
    operator address() const
    {
        return is_null() ? address() : address::parse(text()).value_or(address());
    }

    bool is_null() const { return text_size_ == 0; }
    std::string_view text() const { return {text_, text_size_}; }
    std::string_view key() const { return {key_, key_size_}; }

    bool operator==(const kept_address& other) const { return key() == other.key(); }
    bool operator==(const address& other) const { return key() == other.key(); }

private:
    const char* text_ = nullptr;
    const char* key_ = nullptr;
    std::uint16_t text_size_ = 0;
    std::uint16_t key_size_ = 0;
};

struct kept_recipient {
    kept_address mailbox;
    kept_id<locator_tag> link;
    std::string_view rule;
    std::string_view reason;
    identity_type identity{};
    client_type client{};
    delivery_mode delivery{};
    bool revocable{};
};

/// Without its recipients.
struct kept_message {
    kept_id<network_message_tag> message;
    kept_id<header_message_tag> message_id;
    kept_address sender;
    std::string_view subject;
    std::uint64_t size{};
    kept_id<content_tag> content;
    std::string_view protection;
    std::string_view template_name;
    std::int64_t expiry_seconds{};
};

struct kept_passcode {
    kept_id<challenge_tag> challenge;
    kept_id<network_message_tag> message;
    kept_address recipient;
    std::int64_t valid_seconds{};
    std::string_view reference;
    std::string_view code_hash;
};

struct kept_access {
    kept_id<network_message_tag> message;
    kept_address recipient;
    kept_id<session_tag> session;
    std::string_view portal;
    std::string_view item;
    access_kind what{};
    sign_in_method method{};
};

/// Without its recipients.
struct kept_submission {
    kept_id<content_tag> content;
    std::string_view in_answer_to;
    std::int64_t valid_seconds{};
    submission_kind kind{};
};

struct kept_revoke {
    kept_id<network_message_tag> message;
    std::vector<kept_address> recipients;
    std::string_view actor;
    std::string_view reason;
    std::string_view note;
    mail::role role{};
};

/// Each good as long as the event.
kept_recipient kept(const accepted_recipient& fact);
kept_message kept(const message_accepted& fact);
kept_passcode kept(const passcode_issued& fact);
kept_access kept(const access_attempted& fact);
kept_submission kept(const mail_submitted& fact);
kept_revoke kept(const message_revoked& fact);

} // namespace mail
