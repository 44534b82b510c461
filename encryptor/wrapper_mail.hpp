#pragma once

#include "mail/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encryptor {

struct wrapper {
    std::string from; ///< From field of the original, decoded
    mail::address sender;
    mail::address recipient;
    std::string subject;
    std::string message_id; ///< of the original, with angle brackets
    std::string date;       ///< RFC 5322 date of the original; empty: none
    std::string organisation;
    std::string link;                   ///< https://portal/m/TOKEN
    std::optional<std::string> expires; ///< for people: "2026-12-24 10:00 UTC"
};

/// The branded mail of link-based delivery: text and HTML with the button `Read the message`, no
/// word of the body. Carries `X-Sealpost-Delivery: link`. CRLF line ends.
std::string make_wrapper_mail(const wrapper& values);

struct passcode_mail {
    mail::address from; ///< the organisation's no-reply address
    mail::address recipient;
    std::string organisation;
    std::string code; ///< 8 digits
    std::string reference;
    std::int64_t valid_minutes = 15;
    std::string message_id; ///< a fresh one
    std::string date;       ///< RFC 5322
};
std::string make_passcode_mail(const passcode_mail& values);

} // namespace encryptor
