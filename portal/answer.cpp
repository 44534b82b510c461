#include "portal/answer.hpp"

#include <string>
#include <utility>

namespace portal {

namespace {

std::string wrong_code(std::uint32_t tries_left)
{
    if (tries_left == 0) {
        return "That passcode is not right, and it was the last try. Please ask for a new one.";
    }
    const std::string count = tries_left == 1 ? "one try" : std::to_string(tries_left) + " tries";
    return "That passcode is not right. You have " + count + " left.";
}

} // namespace

service::http_response answer_standing(
    standing state, const page_frame& frame, std::string_view note)
{
    switch (state) {
    case standing::revoked:
        return revoked_page(frame, note);
    case standing::shredded:
        return shredded_page(frame);
    case standing::expired:
        return expired_page(frame);
    case standing::unknown:
        return unknown_page(frame);
    case standing::available:
    case standing::unconfirmed:
        break;
    }
    return unavailable_page(frame);
}

service::http_response answer_sign_in(
    sign_in_outcome outcome, const page_frame& frame, sign_in_form form, std::uint32_t tries_left)
{
    const unsigned status = status_of(outcome);
    switch (outcome) {
    case sign_in_outcome::wrong:
        form.problem = wrong_code(tries_left);
        return sign_in_page(status, frame, form);
    case sign_in_outcome::malformed:
        form.problem = "A passcode has " + std::to_string(passcode_digits) +
                       " digits. Please type all of them; no try was used up.";
        return sign_in_page(status, frame, form);
    case sign_in_outcome::used:
        return passcode_over_page(
            status,
            frame,
            "This passcode was used already",
            "Each passcode opens the message once. Ask for a new one to sign in again.");
    case sign_in_outcome::expired:
        return passcode_over_page(
            status,
            frame,
            "This passcode has expired",
            "It was valid for 15 minutes. Ask for a new one to go on.");
    case sign_in_outcome::too_many_tries:
        return too_many_page(
            frame,
            "Too many tries",
            "To keep others from guessing, this passcode does not work any more. Go back and ask "
            "for a new one.",
            60);
    case sign_in_outcome::foreign:
    case sign_in_outcome::opened:
        break;
    }
    return passcode_over_page(
        status,
        frame,
        "This passcode does not belong here",
        "It was not sent for this message. Ask for a new one to go on.");
}

service::http_response answer_too_many_open(const page_frame& frame)
{
    return too_many_page(
        frame,
        "Two at a time, please",
        "Two messages or attachments are on their way to you already. Wait until one of them has "
        "arrived, then try again.",
        5);
}

service::http_response answer_too_many_passcodes(const page_frame& frame)
{
    return too_many_page(
        frame,
        "Too many passcodes",
        "Many passcodes were sent to this mailbox in the last 15 minutes. Please use the latest "
        "of them, or come back in a quarter of an hour.",
        900);
}

} // namespace portal
