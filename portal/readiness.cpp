#include "portal/readiness.hpp"

namespace portal {

namespace asio = boost::asio;

service::readiness readiness::now()
{
    const mail::ledger& ledger = log_.ledger();
    if (digest_.empty() || digest_at_ != ledger.applied()) {
        digest_ = ledger.digest();
        digest_at_ = ledger.applied();
    }
    service::readiness answer;
    answer.ready = caught_up_ && log_.connected();
    answer.json = std::string{"{\"ready\":"} + (answer.ready ? "true" : "false") +
                  ",\"applied\":" + std::to_string(digest_at_) + ",\"digest\":\"" + digest_ + "\"}";
    return answer;
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
