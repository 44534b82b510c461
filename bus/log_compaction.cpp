#include "bus/log_compaction.hpp"

#include "bus/acknowledged_head.hpp"
#include "bus/archive.hpp"
#include "bus/disk_error.hpp"
#include "bus/durable_files.hpp"
#include "bus/file_lock.hpp"
#include "bus/journal_schema.hpp"
#include "bus/leftover_segments.hpp"
#include "bus/segment_writer.hpp"

#include <algorithm>
#include <stdexcept>

namespace bus {
namespace {

const std::filesystem::path& log_that_exists(const std::filesystem::path& database)
{
    if (!std::filesystem::exists(database))
        throw std::runtime_error("there is no log at " + database.string());
    return database;
}

/// Where a sync failed before, the page cache holds what the disk never got.
const std::filesystem::path& read_anew(const std::filesystem::path& database)
{
    std::filesystem::path log = database;
    log += "-wal";
    reread_log_of(database);
    return database;
}

void make_private_archive(const std::filesystem::path& folder)
{
    make_folders(folder);
    std::error_code error;
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error)
        throw disk_error("make private", folder, error.value());
}

void refuse_taken_names(const std::vector<std::filesystem::path>& files)
{
    for (const std::filesystem::path& file : files)
        if (std::filesystem::exists(file))
            throw std::runtime_error(
                file.string() +
                " stands where a segment has to go, and holds other events than the log: move it "
                "away. Nothing was archived.");
}

} // namespace

class log_compaction::engine {
public:
    engine(const journal_files& files, std::uint64_t most)
        : file(files.database),
          lock(lock_file_of(log_that_exists(file))),
          db(read_anew(file), database::access::write),
          older(prepared(db, file), file),
          most(most),
          identity(read_identity(db))
    {
        older.check_ends(identity);
        check_acknowledged(db, file, identity, read_acknowledged_head(file));
        head = read_head(db);
        archived = older.through();
    }

    /// Of those left to archive up to `last`, the next.
    segment next_segment(const log_position& before, std::uint64_t last) const
    {
        return {before.seq + 1, {std::min(last, before.seq + most), 0, {}}};
    }
    void archive_next(std::uint64_t last, const right_event& seen);
    void acknowledge();
    std::int64_t time_of(std::uint64_t seq);

    std::filesystem::path file;
    file_lock lock;
    database db;
    archive older;
    std::uint64_t most;
    log_identity identity;
    log_position head;
    log_position archived;
    std::vector<std::filesystem::path> strangers;

private:
    static database& prepared(database& db, const std::filesystem::path& file)
    {
        check_holds_log(db, file);
        prepare_database(db);
        return db;
    }
};

void log_compaction::engine::archive_next(std::uint64_t last, const right_event& seen)
{
    segment next = next_segment(archived, last);
    const auto tell = [&](const stored_event& fact) { seen(fact, last); };
    next.last = write_segment(db, archived, next.last.seq, segment_file_of(file, next), tell);
    db.execute("BEGIN IMMEDIATE");
    move_to_archive(db, next);
    db.execute("COMMIT");
    archived = next.last;
    db.empty_log();
}

/// One that a power cut left older might name an event that goes.
void log_compaction::engine::acknowledge()
{
    acknowledged_head head_file{file};
    for (int copy = 0; copy < 2; ++copy)
        head_file.write({identity, head.seq, head.own});
    head_file.sync();
}

std::int64_t log_compaction::engine::time_of(std::uint64_t seq)
{
    statement get{db, "SELECT time FROM events WHERE seq = ?"};
    rows row = get.open(static_cast<std::int64_t>(seq));
    if (!row.next())
        throw damaged(
            "event " + std::to_string(seq) + " is missing: " + restore_database +
            "; `sealpost verify` says what is right");
    return row.integer(0);
}

log_compaction::log_compaction(const journal_files& files, std::uint64_t most)
    : engine_(std::make_unique<engine>(files, most))
{}

log_compaction::~log_compaction() = default;

const log_position& log_compaction::archived() const
{
    return engine_->archived;
}

const log_position& log_compaction::head() const
{
    return engine_->head;
}

/// Bus time never goes back.
std::uint64_t log_compaction::last_before(std::int64_t time)
{
    std::uint64_t before = engine_->archived.seq;
    std::uint64_t later = engine_->head.seq + 1;
    while (later - before > 1) {
        const std::uint64_t middle = before + (later - before) / 2;
        (engine_->time_of(middle) < time ? before : later) = middle;
    }
    return before;
}

std::vector<std::filesystem::path> log_compaction::files_through(std::uint64_t last) const
{
    std::vector<std::filesystem::path> files;
    for (log_position before = engine_->archived; before.seq < last;) {
        const segment next = engine_->next_segment(before, last);
        files.push_back(segment_file_of(engine_->file, next));
        before = next.last;
    }
    return files;
}

void log_compaction::carry_out(std::uint64_t last, const right_event& seen)
{
    engine& log = *engine_;
    last = std::min(last, log.head.seq);
    log.strangers = put_away_leftovers(log.db, log.file);
    if (last <= log.archived.seq)
        return;
    refuse_taken_names(files_through(last));
    log.acknowledge();
    make_private_archive(archive_folder_of(log.file));
    while (log.archived.seq < last)
        log.archive_next(last, seen);
}

const std::vector<std::filesystem::path>& log_compaction::strangers() const
{
    return engine_->strangers;
}

} // namespace bus
