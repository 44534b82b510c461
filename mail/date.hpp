#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Points in time as text, always UTC. Before 1970 and after 9999 the nearest of the two is
/// written.
namespace mail {

/// RFC 5322 section 3.3: "Fri, 20 Nov 2026 09:05:00 +0000".
std::string rfc5322_date(std::int64_t unix_milliseconds);

/// ISO 8601: "2026-11-20T09:05:00.123Z".
std::string iso8601_utc(std::int64_t unix_milliseconds);

/// RFC 3339 section 5.6, also in lower case: "2026-11-20T09:05:00.123Z",
/// "2026-11-20T10:05:00+01:00". Milliseconds since 1970, what is finer cut off; nullopt for
/// anything else, for times before 1970, and for times without a zone.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

} // namespace mail
