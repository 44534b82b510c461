#pragma once

#include "mail/ledger.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// The decisions of signing in, without I/O. Whether a code opens a session is the ledger's to say;
/// here stands what is asked of it, and what the reader is told.
namespace portal {

constexpr std::int64_t passcode_valid_seconds = 900;
constexpr std::size_t passcode_digits = 8;

/// What was typed, without the spaces and hyphens that people put between groups of digits. Empty
/// when it can't be a passcode: then nothing is asked of the log and no try is used up.
std::string normalised_code(std::string_view typed);

/// Text that the passcode key authenticates: a hash of one challenge is worth nothing for another.
std::string code_hash(
    std::string_view passcode_key, const mail::challenge_id& challenge, std::string_view code);
/// Compares in constant time.
bool code_is_right(
    std::string_view passcode_key, const mail::kept_passcode& issued, std::string_view code);

/// How a sign-in ended, or why it did not begin.
enum class sign_in_outcome {
    opened,
    wrong,
    malformed,
    used,
    expired,
    too_many_tries,
    foreign ///< no challenge of this link
};

/// Before anything is appended, at the log's head. `opened` means: try it.
sign_in_outcome before_try(
    const mail::challenge_state* challenge,
    const mail::link_target& link,
    std::string_view code,
    mail::bus_time now);
sign_in_outcome after_try(mail::passcode_verdict verdict);

/// 303 for opened, else the status of the page.
unsigned status_of(sign_in_outcome outcome);
/// The reader may go on typing on the same challenge.
bool can_try_again(sign_in_outcome outcome);
std::uint32_t tries_left(const mail::challenge_state& challenge);

/// "b***@gmail.com": tells the reader where to look, and a stranger with the link little.
std::string masked(const mail::address& mailbox);

} // namespace portal
