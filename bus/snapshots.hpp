#pragma once

#include "bus/client.hpp"
#include "bus/snapshot.hpp"
#include "service/session_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace service {
class log;
class settings_reader;
} // namespace service

namespace bus {

class follower;

struct snapshot_settings {
    std::filesystem::path folder; ///< empty: none are kept
    std::uint64_t events = 100'000;
    /// Between two of one process: catching up with a long log is not slowed down by writing many.
    std::chrono::milliseconds rest{10'000};
};

/// The keys snapshot_folder and snapshot_events of every process that follows the log.
snapshot_settings read_snapshot_settings(service::settings_reader& settings);

/// Lets a follower's state begin at a snapshot instead of at the first event, and keeps one: every
/// so many events, written by a copy of the process while it goes on, and at a clean stop. What
/// does not fit the log is discarded, and the log applied from its first event.
class snapshots {
public:
    struct state {
        std::vector<snapshot_part> parts;
        /// All or nothing; throws for what its parts did not write.
        std::function<void(const snapshot&)> restore;
    };

    /// `process`: the name of this very process, as several may keep theirs in one folder.
    snapshots(
        boost::asio::any_io_executor executor,
        snapshot_settings wanted,
        std::string process,
        state kept,
        client& bus,
        follower& follower,
        service::log& log);

    /// follower::follow() from the snapshot on, if there is one of this log.
    boost::asio::awaitable<boost::system::error_code> follow();
    /// The state has applied this event, whole.
    void observe(const stored_event& fact);
    /// At a clean stop, when nothing is applied any more.
    boost::asio::awaitable<void> keep();

private:
    boost::asio::awaitable<void> restore();
    std::unique_ptr<const snapshot> open();
    boost::asio::awaitable<bool> stands_in_log(const log_place& place);
    void discard(const std::string& reason);
    boost::asio::awaitable<void> write_aside();
    void write() const;
    void note_written(std::uint64_t seq, const std::string& failure);

    boost::asio::any_io_executor executor_;
    snapshot_settings wanted_;
    std::string process_;
    std::filesystem::path file_;
    state kept_;
    client& bus_;
    follower& follower_;
    service::log& log_;
    log_place place_;           ///< of the state in memory
    std::uint64_t written_ = 0; ///< seq of the one on disk
    boost::asio::steady_timer::time_point rest_until_;
    bool writing_aside_ = false;
    service::session_group writing_;
};

} // namespace bus
