#pragma once

#include "mail/ledger.hpp"
#include "portal/mail_log.hpp"
#include "portal/sign_in.hpp"
#include "portal/surroundings.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace portal {

struct issued_passcode {
    enum class outcome { issued, too_many, unconfirmed };
    outcome how = outcome::unconfirmed;
    mail::challenge_id challenge;
};

struct tried_passcode {
    /// Nothing if it could not be confirmed.
    std::optional<sign_in_outcome> outcome;
    std::string cookie;           ///< of an opened session
    std::uint32_t tries_left = 0; ///< after a wrong one
};

/// Issues one-time passcodes and asks the ledger about typed ones. The code itself goes into sealed
/// mail for the gateway and nowhere else. That mail is submitted only after the ledger has ruled,
/// at its position, that the passcode counts: however many portals issue at once, no more mails
/// leave than may.
class passcode_desk {
public:
    passcode_desk(mail_log& bus, const keys& secrets, const identity& self, const clocks& time)
        : bus_(bus), secrets_(secrets), self_(self), time_(time)
    {}

    boost::asio::awaitable<issued_passcode> issue(const mail::link_target& link);
    /// `code`: normalised, empty when malformed.
    boost::asio::awaitable<tried_passcode> try_code(
        const mail::link_target& link, mail::challenge_id challenge, std::string code);

private:
    mail::passcode_issued passcode_for(
        const mail::link_target& link, const std::string& code) const;
    boost::asio::awaitable<boost::system::error_code> submit_mail(
        mail::passcode_issued issued, std::string code);
    std::string passcode_mail_for(
        const mail::passcode_issued& issued, const std::string& code) const;
    boost::asio::awaitable<boost::system::error_code> put(
        const std::string& content, const std::vector<std::string>& chunks);
    boost::asio::awaitable<tried_passcode> append_try(
        const mail::challenge_state& challenge, std::string code);

    mail_log& bus_;
    const keys& secrets_;
    const identity& self_;
    const clocks& time_;
};

} // namespace portal
