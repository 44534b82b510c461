#include "bus/log_truncation.hpp"

#include "bus/acknowledged_head.hpp"
#include "bus/content_store.hpp"
#include "bus/disk_error.hpp"
#include "bus/durable_files.hpp"
#include "bus/event_check.hpp"
#include "bus/file_lock.hpp"
#include "bus/journal_schema.hpp"
#include "bus/key_slots.hpp"
#include "bus/log_check.hpp"
#include "bus/sqlite.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace bus {
namespace {

constexpr const char* no_way_on = "; this cannot be helped by a truncation: ";

const std::filesystem::path& existing(const std::filesystem::path& database)
{
    if (!std::filesystem::exists(database))
        throw std::runtime_error("there is no log at " + database.string());
    return database;
}

std::uint64_t count(database& db, std::string_view sql, std::uint64_t after)
{
    statement counting{db, sql};
    rows row = counting.open(static_cast<std::int64_t>(after));
    return row.next() ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

} // namespace

class log_truncation::engine {
public:
    engine(const journal_files& files, std::uint64_t after)
        : lock(lock_file_of(existing(files.database))),
          db(read_anew(files), database::access::write),
          slab(files.slab, key_slab::access::write),
          slots(prepared(db, files.database), slab),
          contents(db),
          head_file(files.database),
          identity(read_identity(db)),
          file(files.database),
          after(after)
    {
        slots.expect_all_cells(); // else those that stay would look as if they had been erased
    }

    void check_what_stays(const right_event& seen);
    void count_loss(const journal_files& files);
    void remove();

    file_lock lock;
    database db;
    key_slab slab;
    key_slots slots;
    content_store contents;
    acknowledged_head head_file;
    log_identity identity;
    std::filesystem::path file;
    std::uint64_t after;
    log_position head; ///< the new one
    truncation_loss loss;

private:
    static const std::filesystem::path& read_anew(const journal_files& files)
    {
        reread_log_of(files.database);
        reread_from_disk(files.slab);
        return files.database;
    }
    /// A file that is empty stays so: a new log in it is nobody's way out.
    static database& prepared(database& db, const std::filesystem::path& file)
    {
        check_holds_log(db, file);
        prepare_database(db);
        return db;
    }
};

void log_truncation::engine::check_what_stays(const right_event& seen)
{
    const std::uint64_t archived = archived_through(db).seq;
    if (after < archived)
        throw std::invalid_argument(
            "events up to " + std::to_string(archived) +
            " are archived, and stay: cut after one from " + std::to_string(archived) + " on");
    log_check check{db, file};
    const auto fault = check.run(after, [&](const stored_event& right) { seen(right, after); });
    const std::uint64_t right = check.right().seq;
    if (fault)
        throw damaged(
            "event " + std::to_string(fault->seq) +
            ", which would stay, is damaged: " + fault->reason + "; " +
            (fault->segment.empty()
                 ? "cut after event " + std::to_string(right) + " or restore a backup"
                 : "what is archived cannot be cut: restore " + fault->segment.string() +
                       " from a backup"));
    if (right < after)
        throw std::invalid_argument(
            "the log ends with event " + std::to_string(right) + ": nothing stands after event " +
            std::to_string(after));
    head = check.right();
}

void log_truncation::engine::count_loss(const journal_files& files)
{
    loss.events = count(db, "SELECT count(*) FROM events WHERE seq > ?", after);
    loss.contents = count(db, "SELECT count(*) FROM contents WHERE named > ?", after);
    loss.slots = count(db, "SELECT count(*) FROM slots WHERE named > ?", after);
    std::optional<acknowledged> expected;
    try {
        expected = read_acknowledged_head(files.database);
    } catch (const damaged&) {
        expected.reset(); // nobody knows; it is written anew
    }
    const std::uint64_t last = std::max(last_seq(db), after);
    if (expected && expected->identity != identity)
        loss.gone = expected->seq; // of another log, which stood here before
    else if (expected && expected->seq > last)
        loss.gone = expected->seq - last;
}

/// The index is made anew first: an event whose id was damaged could not be deleted from it.
void log_truncation::engine::remove()
{
    statement cut{db, "DELETE FROM events WHERE seq > ?"};
    db.execute("BEGIN IMMEDIATE");
    db.execute("REINDEX events");
    cut.run(static_cast<std::int64_t>(after));
    const std::string wrong = structure_fault(db);
    if (!wrong.empty())
        throw damaged(wrong + no_way_on + restore_database);
    slots.erase_added_after(after);
    contents.drop_named_after(after);
    slots.sync();
    db.execute("COMMIT");
}

log_truncation::log_truncation(
    const journal_files& files, std::uint64_t after, const right_event& seen)
    : engine_(std::make_unique<engine>(files, after))
{
    engine_->check_what_stays(seen);
    engine_->count_loss(files);
}

log_truncation::~log_truncation() = default;

const log_identity& log_truncation::identity() const
{
    return engine_->identity;
}

const truncation_loss& log_truncation::loss() const
{
    return engine_->loss;
}

void log_truncation::read_removed(const std::function<void(const stored_event&)>& seen) const
{
    statement every{
        engine_->db,
        "SELECT seq, time, id, type, payload, own FROM events WHERE seq > ? ORDER BY seq"};
    hash before = engine_->head.own;
    for (rows row = every.open(static_cast<std::int64_t>(engine_->after)); row.next();) {
        stored_event fact;
        fact.seq = static_cast<std::uint64_t>(row.integer(0));
        fact.time = row.integer(1);
        fact.id = row.octets(2);
        fact.type = row.octets(3);
        fact.payload = row.octets(4);
        fact.prev = before;
        const std::string_view own = row.octets(5);
        std::copy_n(own.begin(), std::min(own.size(), fact.own.size()), fact.own.begin());
        before = fact.own;
        seen(fact);
    }
}

void log_truncation::carry_out()
{
    engine_->remove();
    for (int copy = 0; copy < 2; ++copy) // one that is left would ask for what is removed
        engine_->head_file.write({engine_->identity, engine_->head.seq, engine_->head.own});
    engine_->head_file.sync();
    engine_->db.empty_log();
}

} // namespace bus
