#pragma once

#include "mail/address.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// An SMTP reply (RFC 5321 section 4.2) with its enhanced code (RFC 3463); several lines become a
/// multi-line reply, each with the code.
struct smtp_reply {
    int code = 0;
    std::string enhanced; ///< "2.0.0"; empty for 354, 220, 334
    std::vector<std::string> lines;

    bool positive() const { return code < 400; }
    std::string wire() const; ///< with CRLF, each line within 512 octets
};

/// What becomes of one mail: asked recipient by recipient, fed its octets, then committed or
/// dropped. Nothing persists before commit. The listener owns it and destroys it to abort.
class smtp_transaction {
public:
    virtual ~smtp_transaction() = default;
    /// Positive reply: the recipient is part of the mail.
    virtual boost::asio::awaitable<smtp_reply> add_recipient(const mail::address& recipient) = 0;
    /// The next octets of the mail, dot-unstuffed, CRLF line ends. A reply refuses the mail: the
    /// rest of DATA is read and dropped, then the reply is sent.
    virtual boost::asio::awaitable<std::optional<smtp_reply>> write(std::string_view octets) = 0;
    /// After CRLF.CRLF: a positive reply means that the mail is durably ours.
    virtual boost::asio::awaitable<smtp_reply> commit() = 0;
};

/// The peer of a session, as far as policy needs it.
struct smtp_peer {
    std::string address; ///< IP
    std::string helo;
    bool tls = false;
};

/// The policy behind an SMTP listener: the gateway's accept_mail, the simulator's mailboxes.
class smtp_receiver {
public:
    virtual ~smtp_receiver() = default;
    /// Set: said instead of a greeting, and the connection is closed.
    virtual std::optional<smtp_reply> turned_away() const { return std::nullopt; }
    /// MAIL FROM. `declared_size` from SIZE=, 0 when absent. Fills `refusal` and returns null to
    /// refuse.
    virtual boost::asio::awaitable<std::unique_ptr<smtp_transaction>> begin(
        const smtp_peer& peer,
        const mail::address& sender,
        std::uint64_t declared_size,
        smtp_reply& refusal) = 0;
};

} // namespace gateway
