#pragma once

#include "service/settings_reader.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace service {

class log;
class session_group;

/// What run_main gives to the wiring of a process; nothing below the wiring sees it.
class context {
public:
    virtual ~context() = default;
    virtual boost::asio::any_io_executor executor() = 0;
    virtual service::log& log() = 0;
    /// This process's section of the settings file.
    virtual settings_reader settings() = 0;
    virtual const std::string& name() const = 0;

    /// A listening socket: the one handed down under `name` (LISTEN_FDS and LISTEN_FDNAMES, as
    /// systemd.socket), else bound to `host_and_port` with backlog 512. Throws system_error naming
    /// the address.
    virtual boost::asio::ip::tcp::acceptor listen(
        std::string_view name, const std::string& host_and_port) = 0;

    /// Runs slow work on the thread pool and resumes on executor(). It can't be cancelled: the
    /// caller and what `work` uses stay until it has ended, which draining a session_group waits
    /// for.
    virtual boost::asio::awaitable<void> offload(std::function<void()> work) = 0;

    /// Completes at SIGTERM or SIGINT; a process then drains and returns from its run.
    virtual boost::asio::awaitable<void> stop_requested() = 0;
};

} // namespace service
