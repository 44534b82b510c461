#pragma once

#include "mail/address.hpp"
#include "mail/events.hpp"

#include <string>

namespace gateway {

struct failure_notice {
    std::string host_name; ///< ours: Reporting-MTA, and the domain of From
    std::string notice_id; ///< unique; makes Message-ID and boundary
    mail::bus_time time = 0;
    mail::network_message_id message;
    mail::header_message_id message_id;
    mail::address sender; ///< gets the notice
    std::string subject;  ///< of the failed mail, UTF-8
    mail::bus_time accepted = 0;
    mail::address recipient; ///< whose copy failed
    std::string reply;       ///< of the next hop, or why there was none
};

/// The notice of a failed copy (RFC 3464 in a multipart/report of RFC 6522): for people, for
/// programs, and the header of the mail as the log knows it, never a word of the body. CRLF line
/// ends, 7-bit.
std::string make_failure_notice(const failure_notice& values);

/// "5.1.1" out of a reply that begins with it after its code, else 5.0.0.
std::string status_of(const std::string& reply);

} // namespace gateway
