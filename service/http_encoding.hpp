#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// Percent-decoding of untrusted text. Nothing for a broken escape, NUL, or what is not UTF-8 in
/// the end.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// "a=1&b=2" of a query or a form; the last of a name wins.
std::optional<std::map<std::string, std::string>> decoded_fields(std::string_view text);

/// The target of a request line (RFC 9112, 3.2: origin-form or absolute-form).
struct request_target {
    std::vector<std::string> segments; ///< decoded; "/a/" has two, the second empty
    std::map<std::string, std::string> query;

    std::string path() const;
};
/// Nothing for what is wrongly encoded, holds control characters or would leave its folder ("..",
/// also behind an encoded slash).
std::optional<request_target> parse_target(std::string_view target);

} // namespace service
