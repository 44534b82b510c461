#pragma once

#include "gateway/smtp_receiver.hpp"
#include "gateway/smtp_reply.hpp"
#include "mail/events.hpp"
#include "mail/header_reader.hpp"

#include <optional>
#include <string>

namespace gateway {

/// What the gateway has to know of a mail's header, and what it puts in front of it. Pure.
struct received_header {
    mail::header_message_id message_id; ///< the mail's own, else the one given here
    std::string subject;                ///< decoded, at most 1,000 octets of UTF-8
    std::string added;                  ///< Received, then Message-ID and Date where missing
    std::optional<smtp_outcome> fault;  ///< the mail is refused
};

struct reception {
    smtp_peer peer;
    std::string host_name; ///< ours
    mail::network_message_id message;
    mail::bus_time time = 0;
};

received_header examine(const mail::header_reader& header, const reception& how);

} // namespace gateway
