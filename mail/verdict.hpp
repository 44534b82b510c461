#pragma once

#include <cstdint>
#include <string_view>

/// What the ledger rules about a reader, at one position of the log.
namespace mail {

enum class access_verdict : std::uint8_t {
    granted,
    revoked,
    shredded,
    expired,
    not_signed_in,
    unknown
};

enum class passcode_verdict : std::uint8_t {
    opened,
    wrong,
    used,
    expired,
    too_many_tries,
    unknown
};

std::string_view to_text(access_verdict);
std::string_view to_text(passcode_verdict);

} // namespace mail
