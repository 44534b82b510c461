#pragma once

#include <compare>
#include <string>

namespace mail {

/// A name of one kind of thing, so that a message cannot pass for a recipient.
/// `Tag` only tells the kinds apart; the text is what stands in events.
template <class Tag>
struct identifier {
    std::string text;

    bool empty() const { return text.empty(); }
    auto operator<=>(const identifier&) const = default;
};

/// UUIDv7 given at accept; decides where two mails share one Message-ID.
using network_message_id = identifier<struct network_message_tag>;
/// The Message-ID header value with its angle brackets (RFC 5322 section 3.6.4).
using header_message_id = identifier<struct header_message_tag>;
/// Id of an event: a UUID, unique in the log.
using event_id = identifier<struct event_tag>;
/// Sealed content on the bus: 32 hexadecimal digits.
using content_id = identifier<struct content_tag>;
/// HKDF(link token, "locate") in 64 hexadecimal digits; finds a recipient's link, opens nothing.
using locator = identifier<struct locator_tag>;
/// SHA-256 of the session cookie, 64 hexadecimal digits.
using session_hash = identifier<struct session_tag>;
/// One passcode: a UUID, the `challenge` of passcode events.
using challenge_id = identifier<struct challenge_tag>;

} // namespace mail
