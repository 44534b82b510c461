#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/types.h>

namespace cli {

/// SIGTERM, SIGINT, SIGHUP, or the death of the process that started us: whoever asked for this
/// pipeline no longer wants it. A second signal ends us at once.
class stop_request {
public:
    explicit stop_request(boost::asio::any_io_executor executor);
    stop_request(const stop_request&) = delete;
    stop_request& operator=(const stop_request&) = delete;

    bool requested() const { return requested_; }
    boost::asio::awaitable<void> wait();

private:
    void request();
    void watch_parent();
    void watch_parent_by_asking();

    boost::asio::signal_set signals_;
    boost::asio::posix::stream_descriptor parent_; ///< pidfd: readable when it has died
    boost::asio::steady_timer ask_;
    boost::asio::steady_timer wake_;
    pid_t parent_pid_;
    bool requested_ = false;
};

} // namespace cli
