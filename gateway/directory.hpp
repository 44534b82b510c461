#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <cstdint>
#include <string>

namespace gateway {

/// Who a recipient is, and what their client can open.
struct directory_answer {
    mail::identity_type identity{};
    mail::client_type client{};
    std::string certificate; ///< PEM; empty: none on file
    bool reads_gcm = false;
};

/// The directory as the log stands: the recipient's own entry, else the entry of the domain, else
/// the well-known domains of Microsoft, Google and Yahoo, else `other`.
directory_answer look_up(const mail::ledger& ledger, const mail::address& recipient);

/// Why this certificate can't be used at `now` (seconds since 1970); empty: it can.
std::string certificate_fault(const std::string& certificate_pem, std::int64_t now);

} // namespace gateway
