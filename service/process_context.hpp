#pragma once

#include "service/context.hpp"
#include "service/listening.hpp"
#include "service/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace service {

/// The context of a real process: run_main makes one.
class process_context final : public context {
public:
    struct identity {
        std::string name;    ///< in log lines
        std::string section; ///< of the settings file
        std::filesystem::path settings_file;
    };
    /// How long a process may take to stop before it is ended.
    static constexpr std::chrono::seconds longest_stop{15};

    process_context(boost::asio::io_context& io, identity who, service::log& log);
    ~process_context() override;

    boost::asio::any_io_executor executor() override { return io_.get_executor(); }
    service::log& log() override { return log_; }
    settings_reader settings() override;
    const std::string& name() const override { return who_.name; }
    boost::asio::ip::tcp::acceptor listen(
        std::string_view name, const std::string& host_and_port) override;
    boost::asio::awaitable<void> offload(std::function<void()> work) override;
    boost::asio::awaitable<void> stop_requested() override;

    /// From now on SIGTERM and SIGINT complete stop_requested().
    void follow_signals();
    void take_handed_down_sockets();

private:
    void request_stop(int signal);

    boost::asio::io_context& io_;
    identity who_;
    service::log& log_;
    boost::asio::thread_pool pool_{2};
    boost::asio::signal_set signals_;
    boost::asio::steady_timer stopped_; ///< never expires; cancelled when the stop is requested
    boost::asio::steady_timer last_resort_;
    bool stop_requested_ = false;
    std::unique_ptr<handed_down_sockets> sockets_;
};

} // namespace service
