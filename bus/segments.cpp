#include "bus/segments.hpp"

#include "bus/disk_error.hpp"

#include <algorithm>
#include <string>

namespace bus {
namespace {

/// `own` and `time` are those of the event `last`.
constexpr const char* make_tables = R"(
    CREATE TABLE IF NOT EXISTS segments (
        first INTEGER PRIMARY KEY,
        last INTEGER NOT NULL,
        time INTEGER NOT NULL,
        own BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS archived_ids (
        id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL) WITHOUT ROWID;
    UPDATE properties SET value = 3 WHERE name = 'format';
)";

bool has_archive(database& db)
{
    statement find{db, "SELECT 1 FROM sqlite_master WHERE name = 'segments'"};
    return find.open().next();
}

segment segment_of(const rows& row)
{
    segment one;
    one.first = static_cast<std::uint64_t>(row.integer(0));
    one.last.seq = static_cast<std::uint64_t>(row.integer(1));
    one.last.time = row.integer(2);
    if (row.octets(3).size() != one.last.own.size() || one.last.seq < one.first)
        throw damaged("the list of archived segments is damaged: restore the database from a "
                      "backup");
    std::ranges::copy(row.octets(3), one.last.own.begin());
    return one;
}

/// So long that names stand in the order of events.
std::string padded(std::uint64_t seq)
{
    const std::string digits = std::to_string(seq);
    return std::string(20 - digits.size(), '0') + digits;
}

} // namespace

std::vector<segment> read_segments(database& db)
{
    std::vector<segment> all;
    if (!has_archive(db))
        return all;
    statement every{db, "SELECT first, last, time, own FROM segments ORDER BY first"};
    for (rows row = every.open(); row.next();) {
        all.push_back(segment_of(row));
        const std::uint64_t before = all.size() == 1 ? 0 : all[all.size() - 2].last.seq;
        if (all.back().first != before + 1)
            throw damaged(
                "the list of archived segments has a gap after event " + std::to_string(before) +
                ": " + restore_database);
    }
    return all;
}

log_position archived_through(database& db)
{
    if (!has_archive(db))
        return {};
    statement newest{db, "SELECT first, last, time, own FROM segments ORDER BY first DESC LIMIT 1"};
    rows row = newest.open();
    return row.next() ? segment_of(row).last : log_position{};
}

void move_to_archive(database& db, const segment& moved)
{
    db.execute(make_tables);
    const auto last = static_cast<std::int64_t>(moved.last.seq);
    const std::string own{moved.last.own.begin(), moved.last.own.end()};
    statement note{db, "INSERT INTO segments (first, last, time, own) VALUES (?, ?, ?, ?)"};
    note.run(static_cast<std::int64_t>(moved.first), last, moved.last.time, blob{own});
    statement keep_ids{
        db,
        "INSERT INTO archived_ids (id, seq) SELECT id, seq FROM events WHERE seq <= ? ORDER BY id"};
    keep_ids.run(last);
    statement remove{db, "DELETE FROM events WHERE seq <= ?"};
    remove.run(last);
}

std::filesystem::path archive_folder_of(const std::filesystem::path& file)
{
    std::filesystem::path folder = file;
    folder += ".archive";
    return folder;
}

std::filesystem::path segment_file_of(const std::filesystem::path& file, const segment& which)
{
    return archive_folder_of(file) / (padded(which.first) + "-" + padded(which.last.seq) + ".db");
}

} // namespace bus
