#include "portal/disclosure.hpp"

#include <chrono>

/// A disclosure that asks once and then never again: linked into a portal before the real one, it
/// must be caught by tests/conversations/kill_rounds_test.py. Never part of a product build.
namespace portal {

namespace asio = boost::asio;

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

} // namespace portal
