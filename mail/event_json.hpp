#pragma once

#include "mail/events.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

/// The one file where events meet JSON (CloudEvents 1.0, structured mode, one line).
namespace mail {

/// A payload that is no CloudEvent of a known shape; `what()` names the field.
class invalid_event : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Longest event in octets, as the bus takes it.
inline constexpr std::size_t longest_event = 1024 * 1024;

/// One line without the line feed; the same event always gives the same bytes. Octets that are no
/// UTF-8 are written as U+FFFD. Throws invalid_event for what parse_event would refuse, so that it
/// never gets into the log.
std::string to_json(const event& fact);

/// Reads what `to_json` wrote; unknown fields are ignored, an unknown type gives `unknown_event`.
/// Throws invalid_event.
event parse_event(std::string_view json);

std::string_view to_text(identity_type);
std::string_view to_text(client_type);
std::string_view to_text(delivery_mode);
std::string_view to_text(delivery_outcome);
std::string_view to_text(access_kind);
std::string_view to_text(sign_in_method);
std::string_view to_text(submission_kind);
std::string_view to_text(role);
/// Throws invalid_event naming the allowed values.
identity_type parse_identity(std::string_view text);
client_type parse_client(std::string_view text);

} // namespace mail
