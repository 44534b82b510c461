#pragma once

#include "mail/mime_reader.hpp"
#include "portal/pages.hpp"

#include <cstdint>
#include <string>

namespace portal {

/// What the ledger knows about the message that is shown.
struct message_circumstances {
    page_frame frame;
    std::string
        sender; ///< envelope sender: what the organisation vouches for, unlike the From field
    std::string expires; ///< for people; empty: never
};

/// The whole page: fields, text or sanitised HTML in a sandboxed frame, attachments. Slow for large
/// mails; uses no state, so that it may run on any thread.
std::string render_message(
    const mail::readable_mail& mail, const message_circumstances& circumstances);

/// "1.4 MB"
std::string size_for_people(std::uint64_t octets);
/// "2026-12-24 10:00 UTC"
std::string time_for_people(std::int64_t unix_milliseconds);

} // namespace portal
