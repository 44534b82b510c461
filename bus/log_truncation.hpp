#pragma once

#include "bus/journal.hpp"
#include "bus/stored_log.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace bus {

/// What a truncation takes away.
struct truncation_loss {
    std::uint64_t events = 0;
    std::uint64_t contents = 0; ///< that only these events named
    std::uint64_t slots = 0;    ///< that came with them
    std::uint64_t gone = 0;     ///< events that were acknowledged and are lost already
};

/// The explicit way out of a log whose end is damaged or lost: events after one that is right are
/// removed, and what they brought is erased. Holds the log against every bus while it lives.
class log_truncation {
public:
    /// Checks every event up to `after`, which stay. Throws std::runtime_error when a bus runs or
    /// there is no log, std::invalid_argument when the log ends before, and damaged when one that
    /// would stay is not right, or the file cannot be used.
    log_truncation(const journal_files& files, std::uint64_t after, const right_event& seen);
    ~log_truncation();

    const log_identity& identity() const;
    const truncation_loss& loss() const;
    /// Each event that goes, in order, as it is stored: it may be the damaged one. Ends early
    /// (damaged) where the file cannot be read on.
    void read_removed(const std::function<void(const stored_event&)>& seen) const;
    /// On disk when it returns. The cells of the slots are overwritten before their events are
    /// gone: after a crash in between, do it again.
    void carry_out();

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

} // namespace bus
