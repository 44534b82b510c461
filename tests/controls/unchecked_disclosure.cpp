#include "portal/disclosure.hpp"
#include "portal/fresh_values.hpp"

#include <chrono>
#include <utility>

/// A disclosure that asks once and then never again: linked into a portal before the real one, it
/// must be caught by tests/conversations/kill_rounds_test.py. Never part of a product build.
namespace portal {

namespace asio = boost::asio;

disclosure::disclosure(access_record& record, const clocks& time, mail::link_target target)
    : record_(record), time_(time), target_(std::move(target)), id_{fresh_uuid()}
{}

disclosure::~disclosure()
{
    close(0, ending());
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
    const access_record::outcome outcome = co_await record_.attempt(id_, std::move(attempted));
    may_stand_ = outcome.may_stand;
    co_return outcome.verdict;
}

asio::awaitable<bool> disclosure::keep()
{
    co_return true;
}

void disclosure::keep_in_background(const asio::any_io_executor&) {}

asio::awaitable<void> disclosure::renew_until_closed(asio::any_io_executor)
{
    co_return;
}

bool disclosure::ledger_allows() const
{
    return true;
}

grant::time_point disclosure::not_after() const
{
    return time_.boot() + std::chrono::hours{1};
}

bool disclosure::holds() const
{
    return !renewing_; // never: nothing is renewed
}

std::string_view disclosure::ending() const
{
    return "aborted";
}

void disclosure::close(std::uint64_t octets, std::string_view ending)
{
    if (may_stand_ && !closed_) {
        record_.close(id_, target_.message, octets, ending);
    }
    closed_ = true;
}

} // namespace portal
