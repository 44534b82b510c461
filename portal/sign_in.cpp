#include "portal/sign_in.hpp"

#include "encryptor/secret.hpp"

#include <algorithm>

namespace portal {

namespace {

constexpr std::size_t longest_typed = 64;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool belongs(const mail::kept_passcode& issued, const mail::link_target& link)
{
    return issued.message == link.message && issued.recipient == link.recipient;
}

} // namespace

std::string normalised_code(std::string_view typed)
{
    if (typed.size() > longest_typed) {
        return {};
    }
    std::string code;
    for (const char c : typed) {
        if (is_digit(c)) {
            code += c;
        } else if (c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n') {
            return {};
        }
    }
    return code.size() == passcode_digits ? code : std::string{};
}

std::string code_hash(
    std::string_view passcode_key, const mail::challenge_id& challenge, std::string_view code)
{
    std::string text = challenge.text;
    text += code;
    return encryptor::hexadecimal(encryptor::hmac_sha256(passcode_key, text));
}

bool code_is_right(
    std::string_view passcode_key, const mail::kept_passcode& issued, std::string_view code)
{
    const std::string typed = code_hash(passcode_key, issued.challenge, code);
    return encryptor::equal_in_constant_time(typed, issued.code_hash);
}

sign_in_outcome before_try(
    const mail::challenge_state* challenge,
    const mail::link_target& link,
    std::string_view code,
    mail::bus_time now)
{
    if (challenge == nullptr || !belongs(challenge->issued, link)) {
        return sign_in_outcome::foreign;
    }
    if (challenge->used) {
        return sign_in_outcome::used;
    }
    if (now >= challenge->time + challenge->issued.valid_seconds * 1000) {
        return sign_in_outcome::expired;
    }
    if (challenge->tries >= mail::ledger::passcode_tries) {
        return sign_in_outcome::too_many_tries;
    }
    return code.empty() ? sign_in_outcome::malformed : sign_in_outcome::opened;
}

sign_in_outcome after_try(mail::passcode_verdict verdict)
{
    switch (verdict) {
    case mail::passcode_verdict::opened:
        return sign_in_outcome::opened;
    case mail::passcode_verdict::wrong:
        return sign_in_outcome::wrong;
    case mail::passcode_verdict::used:
        return sign_in_outcome::used;
    case mail::passcode_verdict::expired:
        return sign_in_outcome::expired;
    case mail::passcode_verdict::too_many_tries:
        return sign_in_outcome::too_many_tries;
    case mail::passcode_verdict::unknown:
        break;
    }
    return sign_in_outcome::foreign;
}

unsigned status_of(sign_in_outcome outcome)
{
    switch (outcome) {
    case sign_in_outcome::opened:
        return 303;
    case sign_in_outcome::too_many_tries:
        return 429;
    default:
        return 403;
    }
}

bool can_try_again(sign_in_outcome outcome)
{
    return outcome == sign_in_outcome::wrong || outcome == sign_in_outcome::malformed;
}

std::uint32_t tries_left(const mail::challenge_state& challenge)
{
    return mail::ledger::passcode_tries - std::min(challenge.tries, mail::ledger::passcode_tries);
}

std::string masked(const mail::address& mailbox)
{
    if (mailbox.is_null()) {
        return {};
    }
    std::string shown{mailbox.local_part().substr(0, 1)};
    shown += "***@";
    shown += mailbox.domain();
    return shown;
}

} // namespace portal
