#pragma once

#include <string>
#include <string_view>

namespace service {

/// `text` as a JSON string with its quotes. C0 and C1 control characters are escaped, octets that
/// are not UTF-8 become U+FFFD: whatever comes in, valid JSON on one line comes out.
std::string json_quoted(std::string_view text);

} // namespace service
