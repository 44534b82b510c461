#pragma once

#include "cli/endpoints.hpp"
#include "cli/listening_socket.hpp"
#include "cli/options.hpp"
#include "cli/state_directory.hpp"
#include "cli/supervisor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace cli {

/// Every process of sealpost as our children, on one state directory: what `up` and `demo` keep
/// running. What happens to them after the start is said on standard error.
class pipeline {
public:
    /// Makes the state directory, keys and settings, and binds the sockets. Throws failure.
    pipeline(boost::asio::any_io_executor executor, const pipeline_options& options);
    ~pipeline();

    /// Starts the processes and returns when every one is ready and the directory is applied.
    /// Throws failure with the last lines of the log of a process that died. `given_up`: asked
    /// again and again; true ends it with failure.
    boost::asio::awaitable<void> start(std::function<bool()> given_up);
    /// In order, at most 10 s each step; then removes an ephemeral state directory.
    boost::asio::awaitable<void> stop();

    const endpoints& where() const { return where_; }

private:
    void look_at_disk() const;
    void bind_sockets();
    void write_settings();
    void describe_endpoints();
    void start_children();
    void start_portals();
    boost::asio::awaitable<void> wait_until_ready(const std::function<bool()>& given_up);
    void changed(const std::optional<child_exit>& death);
    void start_missing_on_signal();
    void throw_if_one_died() const;
    void publish();
    std::vector<std::pair<std::string, int>> sockets(const std::vector<std::string>& names) const;
    const listening_socket& socket(const std::string& name) const;

    pipeline_options options_;
    state_directory state_;
    std::unique_ptr<state_lock> lock_;
    std::vector<listening_socket> sockets_;
    endpoints where_;
    supervisor children_;
    boost::asio::signal_set start_missing_;
    bool announced_ = false; ///< where it is stands in the state directory
    bool stopped_ = false;
};

/// What is said about it: "portal died (exit code 78) 3 times in a row, it is started again in
/// 100 ms; its log is FILE".
std::string told_of(const child_exit& death, const std::filesystem::path& log);

/// The folder of the running executable: where the other processes' executables lie, too.
std::filesystem::path executables_folder();

} // namespace cli
