#include "portal/disclosure.hpp"
#include "portal/mail_log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>

/// How long a disclosure may go on. By itself, so that a test can link one in its place that asks
/// once and then never again.
namespace portal {

namespace asio = boost::asio;

asio::awaitable<bool> disclosure::keep()
{
    if (grant_ && !renewing_ && grant_->renewal_due(time_.boot()) && ledger_allows()) {
        renewing_ = true;
        const grant::time_point sent = time_.boot();
        const std::optional<mail::access_verdict> verdict = co_await record_.renew(id_);
        renewing_ = false;
        if (verdict == mail::access_verdict::granted) {
            grant_->renewed(sent);
        } else {
            grant_->end();
        }
    }
    co_return holds();
}

void disclosure::keep_in_background(const asio::any_io_executor& executor)
{
    std::shared_ptr<disclosure> self = shared_from_this();
    record_.sessions().spawn(
        "renew", [self, executor] { return self->renew_until_closed(executor); });
}

asio::awaitable<void> disclosure::renew_until_closed(asio::any_io_executor executor)
{
    asio::steady_timer timer{executor};
    boost::system::error_code cancelled;
    bool kept = true;
    while (kept && !closed_ && !cancelled) {
        timer.expires_after(grant::length / 4);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (!closed_ && !cancelled) {
            kept = co_await keep();
        }
    }
}

bool disclosure::ledger_allows() const
{
    const mail::ledger& ledger = record_.bus().ledger();
    const mail::bus_time now = std::max(ledger.time(), time_.wall());
    return ledger.availability(target_.message, target_.recipient, now) ==
           mail::access_verdict::granted;
}

grant::time_point disclosure::not_after() const
{
    return holds() ? grant_->ends() : grant::time_point::min();
}

bool disclosure::holds() const
{
    return grant_ && !closed_ && grant_->holds_at(time_.boot()) && ledger_allows();
}

std::string_view disclosure::ending() const
{
    if (grant_ && !ledger_allows()) {
        return "revoked";
    }
    return grant_ && !grant_->holds_at(time_.boot()) ? "grant ended" : "aborted";
}

} // namespace portal
