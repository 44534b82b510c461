#pragma once

#include "gateway/smtp_reply.hpp"
#include "mail/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gateway {

enum class smtp_verb { ehlo, helo, mail, rcpt, data, rset, noop, quit, vrfy, help, starttls };

/// One command of a peer, read and checked. Everything in it may come from an enemy.
struct smtp_command {
    smtp_verb verb{};
    std::string name;                ///< EHLO, HELO: what the peer calls itself
    mail::address path;              ///< MAIL: null for <>; RCPT
    bool postmaster = false;         ///< RCPT TO:<Postmaster>, the one address without a domain
    std::uint64_t declared_size = 0; ///< MAIL SIZE=, 0: absent
    bool eight_bit = false;          ///< MAIL BODY=8BITMIME
};

/// What is wrong with a line, and the command it belongs to.
struct smtp_fault {
    smtp_outcome outcome{};
    std::string detail;
};

/// Reads one line without its CRLF. Strict: no space before a path, no source route, no unknown
/// parameter (RFC 5321 section 4.1.2; SIZE of RFC 1870, BODY of RFC 6152).
std::variant<smtp_command, smtp_fault> parse_command(std::string_view line);

} // namespace gateway
