#pragma once

#include "bus/archive.hpp"
#include "bus/event_check.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace bus {

/// Checks a whole log as one chain: its archived segments, then the journal's own events.
class log_check {
public:
    using right_one = std::function<void(const stored_event&)>;

    /// Of the log in `file`, which `db` has open.
    log_check(database& db, const std::filesystem::path& file);

    /// As event_check::run(). Of each segment also that SQLite finds its file right, and that the
    /// ids of its events are still known.
    std::optional<log_fault> run(std::uint64_t through, const right_one& seen);

    const log_position& right() const { return right_; } ///< the last one

private:
    std::optional<log_fault> check_archive(std::uint64_t through, const right_one& seen);
    std::string check_segment(std::uint64_t through, const right_one& seen);
    std::optional<log_fault> check_journal(std::uint64_t through, const right_one& seen);

    database& db_;
    archive archive_;
    log_position right_;
};

} // namespace bus
