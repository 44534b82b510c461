#pragma once

#include "encryptor/link_token.hpp"
#include "mail/ledger.hpp"
#include "portal/mail_log.hpp"
#include "portal/surroundings.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace portal {

/// How a link stands at the log's head, whoever follows it.
enum class standing { available, revoked, shredded, expired, unknown, unconfirmed };

struct found_link {
    standing state = standing::unknown;
    std::string note;                           ///< to the reader, of the revoke in force
    std::optional<encryptor::link_token> token; ///< set unless unknown
    mail::link_target target;
    mail::bus_time now = 0; ///< that was asked for
};

/// Looks after catching up with the log's head; `unconfirmed` when that can't be had: then nothing
/// is shown.
boost::asio::awaitable<found_link> look_up(
    mail_log& log, const clocks& time, std::string token_text);

standing standing_of(mail::access_verdict verdict);

} // namespace portal
