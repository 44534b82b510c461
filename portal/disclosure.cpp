#include "portal/disclosure.hpp"

#include "portal/fresh_values.hpp"

#include <utility>

namespace portal {

namespace asio = boost::asio;

disclosure::disclosure(access_record& record, const clocks& time, mail::link_target target)
    : record_(record), time_(time), target_(std::move(target)), id_{fresh_uuid()}
{}

disclosure::~disclosure()
{
    if (!closed_) {
        close(0, ending());
    }
}

asio::awaitable<std::optional<mail::access_verdict>> disclosure::attempt(
    mail::session_hash session, mail::access_kind what, std::string item)
{
    mail::access_attempted attempted;
    attempted.message = target_.message;
    attempted.recipient = target_.recipient;
    attempted.session = std::move(session);
    attempted.portal = record_.self().name;
    attempted.what = what;
    attempted.item = std::move(item);
    attempted.method = mail::sign_in_method::passcode;

    // Before anything of the append is handed on: whatever delays it shortens the grant.
    const grant::time_point sent = time_.boot();
    const access_record::outcome outcome = co_await record_.attempt(id_, std::move(attempted));
    const bool granted = outcome.verdict == mail::access_verdict::granted;
    // A refused attempt is no grant: there is nothing to close.
    may_stand_ = outcome.may_stand && (granted || !outcome.verdict);
    if (granted) {
        grant_.emplace(sent);
    }
    co_return outcome.verdict;
}

void disclosure::close(std::uint64_t octets, std::string_view ending)
{
    if (may_stand_ && !closed_) {
        record_.close(id_, target_.message, octets, ending);
    }
    closed_ = true;
}

} // namespace portal
