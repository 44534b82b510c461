#include "bus/leftover_segments.hpp"

#include "bus/disk_error.hpp"
#include "bus/durable_files.hpp"
#include "bus/event_check.hpp"
#include "bus/journal_schema.hpp"
#include "bus/segments.hpp"

#include <algorithm>
#include <set>

namespace bus {
namespace {

/// The journal has all events of that segment, and they are right: else it is the only good copy.
bool stands_in(database& log, const std::filesystem::path& file)
try {
    database leftover{file, database::access::read};
    const std::uint64_t last = last_seq(leftover);
    const std::uint64_t archived = archived_through(log).seq;
    statement get{leftover, "SELECT min(seq) FROM events"};
    rows row = get.open();
    if (!row.next() || static_cast<std::uint64_t>(row.integer(0)) <= archived)
        return false;
    event_check right{log, archived_through(log)};
    return last > 0 && !right.run(last, [](const stored_event&) {}) &&
           stored_position(leftover, last).own == right.right().own;
} catch (const disk_error&) {
    return false; // no segment, or a damaged one
}

void remove_durably(const std::filesystem::path& file)
{
    std::error_code error;
    std::filesystem::remove(file, error);
    if (error)
        throw disk_error("remove", file, error.value());
    sync_folder_of(file);
}

} // namespace

std::vector<std::filesystem::path> put_away_leftovers(
    database& log, const std::filesystem::path& file)
{
    std::set<std::filesystem::path> listed;
    for (const segment& one : read_segments(log))
        listed.insert(segment_file_of(file, one));
    std::vector<std::filesystem::path> strangers;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(archive_folder_of(file), none)) {
        const std::filesystem::path& found = entry.path();
        if (found.extension() == ".unfinished")
            remove_durably(found);
        else if (found.extension() == ".db" && !listed.contains(found))
            strangers.push_back(found);
    }
    std::erase_if(strangers, [&](const std::filesystem::path& one) {
        const bool leftover = stands_in(log, one);
        if (leftover)
            remove_durably(one);
        return leftover;
    });
    std::ranges::sort(strangers);
    return strangers;
}

} // namespace bus
