#pragma once

#include "cli/child_process.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cli {

/// How long a child that died waits before it is started again: at once the first time, then ever
/// longer, so that one that cannot start does not eat the machine. One that ran for a while starts
/// anew at the first step.
std::chrono::milliseconds restart_delay(unsigned deaths_in_a_row);

struct child_exit {
    std::string name;
    int status = 0;          ///< as waitpid gives it
    std::string not_started; ///< why it could not even be started; empty: it ran
    unsigned deaths_in_a_row = 0;
    std::optional<std::chrono::milliseconds> again_in; ///< nullopt: it stays dead
};
/// "exit code 78", "killed by signal 9 (Killed)", "cannot run …".
std::string describe(const child_exit& exit);

/// Starts children, notices their deaths, starts them again, stops them in order. On one thread,
/// the main one. It outlives the io_context's run.
class supervisor {
public:
    using clock = std::chrono::steady_clock;

    explicit supervisor(boost::asio::any_io_executor executor);
    ~supervisor();
    supervisor(const supervisor&) = delete;
    supervisor& operator=(const supervisor&) = delete;

    /// Called whenever a child was started again (nullopt), died, or could not be started again.
    void on_change(std::function<void(const std::optional<child_exit>&)> changed);
    void start(child_program program);
    /// From now on the dead are started again, those that died already, too. Off at first, so that
    /// a failing start is seen as one.
    void restart_the_dead(bool yes);
    /// Starts every child that does not run, whatever restart_the_dead says.
    void start_missing();

    /// Process ids of those that run; the former one of those that are about to be started again.
    std::map<std::string, pid_t> pids() const;
    /// The first death of all; nullopt: none died.
    const std::optional<child_exit>& first_death() const { return first_death_; }

    /// SIGTERM to all but `last`, then to `last`; what still runs after `patience` each gets
    /// SIGKILL.
    boost::asio::awaitable<void> stop(std::string_view last, std::chrono::milliseconds patience);

private:
    struct child {
        child_program program;
        pid_t pid = 0; ///< 0: does not run
        pid_t last_pid = 0;
        clock::time_point started;
        unsigned deaths_in_a_row = 0;
        std::optional<clock::time_point> due; ///< to be started again then
    };

    void run(child& one);
    void wait_for_deaths();
    void reap();
    void died(child& one, child_exit how);
    void start_again(child& one);
    void start_due();
    void wake_when_due();
    boost::asio::awaitable<void> stop_those(
        std::vector<child*> some, std::chrono::milliseconds patience);

    boost::asio::any_io_executor executor_;
    boost::asio::signal_set deaths_;
    boost::asio::steady_timer timer_;
    std::vector<child> children_;
    std::function<void(const std::optional<child_exit>&)> changed_;
    std::optional<child_exit> first_death_;
    bool restart_ = false;
    bool stopping_ = false;
};

} // namespace cli
