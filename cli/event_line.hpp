#pragma once

#include "bus/event.hpp"

#include <string>
#include <string_view>

namespace cli {

/// An event of the log in its place as one line of JSON, the payload byte for byte:
///   {"seq":17,"time":1795165500123,"prev":"HASH","event":PAYLOAD}
/// "id" and "type" stand before "event" where the payload does not name the ones that the log has.
/// A payload that is no line of JSON stands as "octets", in base64, in place of "event".
std::string event_line(const bus::stored_event& event);

/// The event of such a line, written exactly so, without its `own`. Throws failure that says what
/// is wrong.
bus::stored_event read_event_line(std::string_view line);

std::string hexadecimal(const bus::hash& hash);

} // namespace cli
