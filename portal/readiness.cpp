#include "portal/readiness.hpp"

namespace portal {

namespace asio = boost::asio;

service::readiness readiness::now() const
{
    return service::applied_readiness(caught_up_ && log_.connected(), log_.ledger().applied());
}

asio::awaitable<void> readiness::watch(bus::client& bus)
{
    while (!caught_up_) {
        co_await bus.ready();
        const boost::system::error_code lagging = co_await log_.catch_up();
        caught_up_ = !lagging;
    }
}

} // namespace portal
