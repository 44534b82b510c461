#pragma once

#include "bus/journal.hpp"
#include "bus/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

/// Whether events on disk are as they were written: every hash, the chain, no gap, no time going
/// back.
namespace bus {

/// The first event that is not right, and what is wrong with it. Where `seq` is one more than the
/// number of events, something beside the events is.
struct log_fault {
    std::uint64_t seq = 0;
    std::string reason;
    std::filesystem::path segment{}; ///< the file of the archive that it is in; empty: the journal
    bool unreadable = false;         ///< the disk said so, which may not last
};

class event_check {
public:
    /// Goes on after `start`, which is taken as right.
    explicit event_check(database& db, const log_position& start = {});

    /// To event `through` or the end of the log, or to the first fault; `seen` gets each right
    /// event.
    std::optional<log_fault> run(
        std::uint64_t through, const std::function<void(const stored_event&)>& seen);

    const log_position& right() const { return right_; } ///< the last one

private:
    bool read_next(rows& row, std::string& wrong);
    std::string fault_of(const rows& row);

    statement read_;
    log_position right_;
    bool unreadable_ = false;
    stored_event event_; ///< the one of right_, once there is one
};

/// The stored hash of an event, zeros where there is none: then the next one does not match.
log_position stored_position(database& db, std::uint64_t seq);

/// The newest events of the journal, at most so many that every start stays fast. Throws damaged
/// that names the first bad event and the remedy.
void check_newest_events(database& db, std::uint64_t most = 100'000);

/// The table of events and the index that finds one by its id, as SQLite checks them: what lies
/// between the events on its pages counts too. Empty: they are right.
std::string structure_fault(database& db);

} // namespace bus
