#pragma once

#include "bus/journal.hpp"
#include "bus/sqlite.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

/// Which events of a log lie in its archive: the oldest, in segments, files beside the database
/// that never change again. The database keeps the list of them, and the ids of their events.
namespace bus {

/// A dense range of events in one file.
struct segment {
    std::uint64_t first = 0;
    log_position last;
};

/// In order, from event 1 on without a gap; empty where nothing was archived.
std::vector<segment> read_segments(database& db);
/// The last event that was archived; the journal's own begin after it. Zeros where there is none.
log_position archived_through(database& db);
/// The oldest events of the journal belong to the segment from now on; in the caller's transaction.
void move_to_archive(database& db, const segment& moved);

/// Of the log in `file`, a database.
std::filesystem::path archive_folder_of(const std::filesystem::path& file);
std::filesystem::path segment_file_of(const std::filesystem::path& file, const segment& which);

} // namespace bus
