#include "cli/stop_request.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

namespace cli {

namespace asio = boost::asio;

namespace {

/// -1 where the system has no such thing.
int open_process(pid_t pid)
{
#if defined(__linux__) && defined(SYS_pidfd_open)
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    static_cast<void>(pid);
    return -1;
#endif
}

} // namespace

stop_request::stop_request(asio::any_io_executor executor)
    : signals_(executor, SIGTERM, SIGINT, SIGHUP),
      parent_(executor),
      ask_(executor),
      wake_(executor, asio::steady_timer::time_point::max()),
      parent_pid_(::getppid())
{
    // Whoever read our output may go away before we do.
    std::signal(SIGPIPE, SIG_IGN);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error)
            return;
        request();
        // The kernel's own behaviour from here on.
        signals_.clear();
    });
    watch_parent();
}

asio::awaitable<void> stop_request::wait()
{
    boost::system::error_code error;
    while (!requested_)
        co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

void stop_request::request()
{
    requested_ = true;
    wake_.cancel();
}

void stop_request::watch_parent()
{
    if (parent_pid_ == 1)
        return; // started by init: there is nobody whose death would mean anything
    const int process = open_process(parent_pid_);
    if (process < 0 || ::getppid() != parent_pid_) {
        if (process >= 0)
            ::close(process);
        watch_parent_by_asking();
        return;
    }
    parent_.assign(process);
    parent_.async_wait(
        asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
            if (!error)
                request();
        });
}

void stop_request::watch_parent_by_asking()
{
    if (::getppid() != parent_pid_) {
        request();
        return;
    }
    ask_.expires_after(std::chrono::milliseconds{500});
    ask_.async_wait([this](const boost::system::error_code& error) {
        if (!error)
            watch_parent_by_asking();
    });
}

} // namespace cli
