#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mail {

/// UUID version 7 (RFC 9562 section 5.7) in its usual text form, lower case: sorts by its
/// milliseconds. The caller gives the randomness.
std::string make_uuid_v7(std::int64_t unix_milliseconds, std::span<const std::uint8_t, 10> random);

} // namespace mail
