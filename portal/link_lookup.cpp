#include "portal/link_lookup.hpp"

#include <algorithm>
#include <utility>

namespace portal {

namespace asio = boost::asio;

namespace {

std::string note_of(const mail::ledger& ledger, const mail::link_target& target)
{
    const mail::message_state* message = ledger.find(target.message);
    const mail::recipient_state* reader = message ? message->find(target.recipient) : nullptr;
    return std::string(reader != nullptr && reader->revoked ? reader->note : "");
}

} // namespace

standing standing_of(mail::access_verdict verdict)
{
    switch (verdict) {
    case mail::access_verdict::granted:
    case mail::access_verdict::not_signed_in:
        return standing::available;
    case mail::access_verdict::revoked:
        return standing::revoked;
    case mail::access_verdict::shredded:
        return standing::shredded;
    case mail::access_verdict::expired:
        return standing::expired;
    case mail::access_verdict::unknown:
        break;
    }
    return standing::unknown;
}

asio::awaitable<found_link> look_up(mail_log& log, const clocks& time, std::string token_text)
{
    found_link found;
    std::optional<encryptor::link_token> token = encryptor::link_token::parse(token_text);
    if (!token) {
        co_return found;
    }
    const boost::system::error_code lagging = co_await log.catch_up();
    if (lagging) {
        found.state = standing::unconfirmed;
        co_return found;
    }
    const mail::ledger& ledger = log.ledger();
    std::optional<mail::link_target> target = ledger.find_link(mail::locator{token->locator()});
    if (!target) {
        co_return found;
    }
    found.now = std::max(ledger.time(), time.wall());
    found.state = standing_of(ledger.availability(target->message, target->recipient, found.now));
    found.note = note_of(ledger, *target);
    found.target = std::move(*target);
    found.token = std::move(token);
    co_return found;
}

} // namespace portal
