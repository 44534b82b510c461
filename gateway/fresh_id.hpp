#pragma once

#include "mail/events.hpp"

#include <string>

/// Names that nobody gave before: the one place of the gateway that draws random octets for them.
namespace gateway {

/// UUIDv7 of `now`: for messages and events.
std::string fresh_id(mail::bus_time now);
/// 32 hexadecimal digits.
std::string fresh_content_id();

} // namespace gateway
