#pragma once

#include <string>
#include <string_view>

/// Text of any charset as UTF-8 that is always valid.
namespace mail {

/// Octets that are no UTF-8, and NUL, become U+FFFD.
std::string valid_utf8(std::string_view text);

/// From `charset` as a mail names it; what it doesn't know is read as UTF-8 if it is that, else as
/// windows-1252. Never fails.
std::string to_utf8(std::string_view octets, std::string_view charset);

/// On one line: control characters and line ends become spaces, outer spaces go.
std::string single_line(std::string_view utf8);

} // namespace mail
