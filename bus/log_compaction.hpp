#pragma once

#include "bus/journal.hpp"
#include "bus/segments.hpp"
#include "bus/stored_log.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bus {

/// Moves the oldest events of a log to its archive (segments.hpp). A segment is whole on disk and
/// was read back before its events leave the database, in one transaction: a crash at any moment
/// loses nothing and repeats nothing, and what it leaves behind the next compaction puts away.
/// Holds the log against every bus while it lives.
class log_compaction {
public:
    static constexpr std::uint64_t events_a_segment = 100'000; ///< at most

    /// Checks what a start of the bus checks of the archive. Throws std::runtime_error when a bus
    /// runs or there is no log, damaged and disk_error.
    explicit log_compaction(const journal_files& files, std::uint64_t most = events_a_segment);
    ~log_compaction();

    /// The last event that is archived already.
    const log_position& archived() const;
    /// The last event of the log.
    const log_position& head() const;
    /// The last event that happened before `time`, milliseconds since 1970 by bus time; archived()
    /// where all that are left happened later.
    std::uint64_t last_before(std::int64_t time);

    /// The segments that carry_out(last) would make, or has made: file by file.
    std::vector<std::filesystem::path> files_through(std::uint64_t last) const;
    /// Events up to `last`, at most the head, are archived when it returns; `seen` gets each.
    /// Throws damaged, naming the event, where one of them is not right: those before its segment
    /// are archived.
    void carry_out(std::uint64_t last, const right_event& seen);
    /// Files in the archive that are no segments of this log, and are left alone.
    const std::vector<std::filesystem::path>& strangers() const;

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

} // namespace bus
