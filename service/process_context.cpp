#include "service/process_context.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <utility>

namespace service {
namespace asio = boost::asio;

namespace {

std::exception_ptr failure_of(const std::function<void()>& work)
{
    try {
        work();
        return nullptr;
    } catch (...) {
        return std::current_exception(); // rethrown to whoever awaits the work
    }
}

/// Runs `work` on the pool and completes on the handler's own executor. A plain function, since the
/// lambda below must not stand in a co_await expression.
template <class Token>
auto async_run(asio::thread_pool& pool, std::function<void()> work, Token&& token)
{
    return asio::async_initiate<Token, void(std::exception_ptr)>(
        [&pool](auto handler, std::function<void()> given) {
            auto home = asio::prefer(
                asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
            asio::post(
                pool, [home, handler = std::move(handler), given = std::move(given)]() mutable {
                    // Given away whole: no thread lets go of what the other one still reads.
                    std::exception_ptr failure = failure_of(given);
                    asio::post(
                        home,
                        [handler = std::move(handler), failure = std::move(failure)]() mutable {
                            std::move(handler)(std::move(failure));
                        });
                });
        },
        token,
        std::move(work));
}

} // namespace

process_context::process_context(asio::io_context& io, identity who, service::log& log)
    : io_(io),
      who_(std::move(who)),
      log_(log),
      signals_(io),
      stopped_(io, asio::steady_timer::time_point::max()),
      last_resort_(io)
{}

process_context::~process_context()
{
    pool_.join();
}

settings_reader process_context::settings()
{
    return settings_reader{who_.settings_file, who_.section};
}

void process_context::take_handed_down_sockets()
{
    sockets_ = std::make_unique<handed_down_sockets>(handed_down_sockets::from_environment());
}

asio::ip::tcp::acceptor process_context::listen(
    std::string_view name, const std::string& host_and_port)
{
    std::optional<asio::ip::tcp::acceptor> handed_down;
    if (sockets_) {
        handed_down = sockets_->take(executor(), name);
    }
    const bool inherited = handed_down.has_value();
    asio::ip::tcp::acceptor acceptor =
        inherited ? std::move(*handed_down) : open_acceptor(executor(), host_and_port);
    const auto endpoint = acceptor.local_endpoint();
    log_.info(
        "listening",
        {{"socket", name},
         {"address", endpoint.address().to_string()},
         {"port", endpoint.port()},
         {"handed_down", inherited}});
    return acceptor;
}

asio::awaitable<void> process_context::offload(std::function<void()> work)
{
    co_await async_run(pool_, std::move(work), asio::use_awaitable);
}

asio::awaitable<void> process_context::stop_requested()
{
    while (!stop_requested_) {
        boost::system::error_code woken;
        co_await stopped_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

void process_context::follow_signals()
{
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (!error) {
            request_stop(signal);
        }
    });
}

void process_context::request_stop(int signal)
{
    log_.info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
    stop_requested_ = true;
    stopped_.cancel();
    last_resort_.expires_after(longest_stop);
    last_resort_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            log_.error("stop.overdue", {{"seconds", longest_stop.count()}});
            std::_Exit(EXIT_FAILURE);
        }
    });
}

} // namespace service
