#include "simulator/mailboxes/arrivals.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace simulator {

void arrivals::announce()
{
    for (asio::steady_timer* each : waiting_)
        each->cancel();
}

void arrivals::stop()
{
    stopped_ = true;
    announce();
}

asio::awaitable<void> arrivals::wait(std::chrono::steady_clock::time_point deadline)
{
    if (stopped_)
        co_return;
    asio::steady_timer timer{executor_, deadline};
    struct place {
        std::set<asio::steady_timer*>& list;
        asio::steady_timer* timer;
        place(std::set<asio::steady_timer*>& all, asio::steady_timer* mine) : list(all), timer(mine)
        {
            list.insert(timer);
        }
        ~place() { list.erase(timer); }
    } const taken{waiting_, &timer};
    boost::system::error_code woken;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

} // namespace simulator
