#pragma once

#include <cstddef>
#include <string_view>

namespace service {

/// Octets of the well-formed UTF-8 sequence at `at` (RFC 3629: no overlong forms, no surrogates), 0
/// if there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);

} // namespace service
