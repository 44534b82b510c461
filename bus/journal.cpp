#include "bus/journal.hpp"

#include "bus/acknowledged_head.hpp"
#include "bus/archive.hpp"
#include "bus/chain.hpp"
#include "bus/checkpoints.hpp"
#include "bus/content_store.hpp"
#include "bus/durable_files.hpp"
#include "bus/event_check.hpp"
#include "bus/file_lock.hpp"
#include "bus/journal_schema.hpp"
#include "bus/key_slots.hpp"
#include "bus/sha256.hpp"
#include "bus/sqlite.hpp"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <unistd.h>
#include <utility>

namespace bus {
namespace {

constexpr const char* two_answers =
    "the index of the event ids is damaged: an id is in it and is not; restore the database from a "
    "backup";

/// SQLite would let others read it; its log files take after it.
void make_private(const std::filesystem::path& database)
{
    const int descriptor = ::open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        throw disk_error("open", database, errno);
    ::close(descriptor);
}

/// The database itself needs no second look: what a failed checkpoint left out of it is copied
/// again from the write-ahead log.
const journal_files& made_ready(const journal_files& files)
{
    expect_not_emptied(files.database);
    reread_log_of(files.database);
    reread_from_disk(files.slab);
    make_private(files.database);
    return files;
}

} // namespace

class journal::engine final : public stored_facts {
public:
    engine(const journal_files& files, std::function<void(std::string)> copy_failed);

    std::optional<known_event> find_event(const event& fact) override;
    std::optional<known_content> find_content(std::string_view content) override;
    bool slot_exists(std::string_view content, std::string_view name) override;
    /// Takes `fact`; or false, and it is as it was: its id stands in the log.
    bool write_event(event& fact);
    bool write(const stored_event& stored);
    void acknowledge() { head_file.write({identity, head.seq, head.own}); }

    file_lock lock;
    database db;
    log_identity identity{};
    std::optional<log_identity> origin;
    log_position head;    ///< committed
    log_position written; ///< in the open group
    std::int64_t now = 0;
    std::vector<stored_event> group;
    key_slab slab;
    key_slots slots;
    content_store contents;
    archive older;
    acknowledged_head head_file;
    reclaimed at_start;
    std::int64_t page_octets = 0;
    statement begin;
    statement commit;
    statement find;
    statement insert;
    checkpoints copies; ///< last: its thread ends before the database is closed

private:
    /// Tables come before any key: a new log does not own those that are there.
    static database& prepared(database& db, const key_slab& slab)
    {
        if (!has_tables(db) && slab.is_used())
            throw damaged(
                slab.file().string() +
                " holds the keys of another log: put that log's database back, or move this file "
                "away, and nobody can open their mails");
        prepare_database(db);
        return db;
    }
    void reclaim();
};

journal::engine::engine(const journal_files& files, std::function<void(std::string)> copy_failed)
    : lock(lock_file_of(files.database)),
      db(made_ready(files).database, database::access::write),
      slab(files.slab, key_slab::access::write),
      slots(prepared(db, slab), slab),
      contents(db),
      older(db, files.database),
      head_file(files.database),
      begin(db, "BEGIN IMMEDIATE"),
      commit(db, "COMMIT"),
      find(db, "SELECT seq, type, payload FROM events WHERE id = ?"),
      insert(
          db,
          "INSERT INTO events (seq, time, id, type, payload, own) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO NOTHING"),
      copies(files.database, std::move(copy_failed))
{
    identity = read_identity(db);
    origin = read_origin(db);
    older.check_ends(identity);
    page_octets = read_page_octets(db);
    check_newest_events(db);
    head = written = read_head(db);
    check_acknowledged(db, files.database, identity, read_acknowledged_head(files.database));
    if (head.seq > 0) {
        acknowledge();
        head_file.sync();
    }
    sync_folder_of(files.database);
    sync_folder_of(files.slab);
    reclaim();
}

void journal::engine::reclaim()
{
    begin.run();
    const key_slots::reclaimed keys = slots.reclaim();
    at_start.cells = keys.cells;
    at_start.slots = keys.rows;
    at_start.contents = contents.drop_unnamed(std::numeric_limits<std::int64_t>::max());
    commit.run();
    db.checkpoint();
}

std::optional<stored_facts::known_event> journal::engine::find_event(const event& fact)
{
    rows row = find.open(std::string_view{fact.id});
    if (!row.next())
        return older.find(fact);
    const bool same = row.octets(1) == fact.type && row.octets(2) == fact.payload;
    return known_event{static_cast<std::uint64_t>(row.integer(0)), same};
}

std::optional<stored_facts::known_content> journal::engine::find_content(std::string_view content)
{
    return contents.find(content);
}

bool journal::engine::slot_exists(std::string_view content, std::string_view name)
{
    return slots.exists(content, name);
}

bool journal::engine::write_event(event& fact)
{
    stored_event stored;
    static_cast<event&>(stored) = std::move(fact);
    stored.seq = written.seq + 1;
    stored.time = std::max(now, written.time);
    stored.prev = written.own;
    stored.own =
        chain_hash(stored.prev, stored.seq, stored.time, stored.id, stored.type, stored.payload);
    if (!write(stored)) {
        fact = std::move(stored);
        return false;
    }
    group.push_back(std::move(stored));
    return true;
}

bool journal::engine::write(const stored_event& stored)
{
    insert.run(
        static_cast<std::int64_t>(stored.seq),
        stored.time,
        std::string_view{stored.id},
        std::string_view{stored.type},
        blob{stored.payload},
        blob{octets_of(stored.own)});
    if (db.changed_rows() == 0)
        return false;
    written = {stored.seq, stored.time, stored.own};
    return true;
}

journal::journal(const journal_files& files, std::function<void(std::string)> copy_failed)
{
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium does not start");
    engine_ = std::make_unique<engine>(files, std::move(copy_failed));
}

journal::~journal() = default;

const log_identity& journal::identity() const
{
    return engine_->identity;
}

const std::optional<log_identity>& journal::origin() const
{
    return engine_->origin;
}

const log_position& journal::head() const
{
    return engine_->head;
}

const log_position& journal::written() const
{
    return engine_->written;
}

const reclaimed& journal::found_at_start() const
{
    return engine_->at_start;
}

void journal::begin(std::int64_t now)
{
    engine_->now = now;
    engine_->begin.run();
}

append_outcome journal::append(std::string_view role, append_request batch)
{
    append_outcome outcome;
    outcome.refused = check_shape(batch);
    if (outcome.refused)
        return outcome;
    // The id's index says by the way whether it is new. Most appends are no more than that.
    const bool alone = batch.events.size() == 1 && batch.contents.empty() && batch.slots.empty();
    if (alone && !engine_->older.find(batch.events[0]) && engine_->write_event(batch.events[0])) {
        outcome.seqs = {engine_->written.seq};
        return outcome;
    }
    append_decision decision = decide_append(batch, role, *engine_);
    outcome.refused = std::move(decision.refused);
    if (outcome.refused)
        return outcome;
    outcome.seqs = std::move(decision.seqs);
    if (decision.repeat)
        return outcome;
    const std::uint64_t first = engine_->written.seq + 1;
    for (const key_slot& slot : batch.slots)
        engine_->slots.add(slot, first);
    for (const named_content& named : batch.contents)
        engine_->contents.mark_named(named.content, first);
    for (std::size_t at = 0; at < batch.events.size(); ++at) {
        if (outcome.seqs[at] != 0)
            continue;
        if (!engine_->write_event(batch.events[at]))
            throw damaged(two_answers);
        outcome.seqs[at] = engine_->written.seq;
    }
    return outcome;
}

std::optional<refusal> journal::put(std::string_view role, const put_request& chunk)
{
    return engine_->contents.put(role, chunk, engine_->now);
}

std::optional<refusal> journal::discard(std::string_view role, std::string_view content)
{
    return engine_->contents.discard(role, content);
}

void journal::erase_slots(const slot_request& wish)
{
    for (const std::string& name : wish.names)
        engine_->slots.erase(wish.content, name);
}

std::uint64_t journal::drop_unnamed(std::int64_t age)
{
    return engine_->contents.drop_unnamed(engine_->now - age);
}

std::optional<refusal> journal::adopt(const stored_event& fact)
{
    const log_position& last = engine_->written;
    const auto not_next = [&](const std::string& why) {
        const std::string next = std::to_string(last.seq + 1);
        return refusal{wire_error::invalid, "it is not event " + next + " of this log: " + why};
    };
    if (fact.seq != last.seq + 1)
        return not_next("its seq is " + std::to_string(fact.seq));
    if (fact.time < last.time)
        return not_next("its time is before that of the event before");
    if (fact.prev != last.own)
        return not_next("its prev is not the hash of the event before, one of the two was changed");
    if (auto wrong = check_event(fact))
        return wrong;
    if (engine_->find_event(fact))
        return not_next("its id stands in the log already");
    stored_event kept = fact;
    kept.own = chain_hash(fact.prev, fact.seq, fact.time, fact.id, fact.type, fact.payload);
    if (!engine_->write(kept))
        throw damaged(two_answers);
    return std::nullopt;
}

void journal::mark_imported(const log_identity& origin)
{
    write_origin(engine_->db, origin);
    engine_->origin = origin;
}

std::vector<stored_event> journal::commit()
{
    engine_->slots.sync();
    engine_->commit.run();
    engine_->slots.committed();
    const bool grown = engine_->head.seq != engine_->written.seq;
    engine_->head = engine_->written;
    if (grown)
        engine_->acknowledge();
    return std::exchange(engine_->group, {});
}

void journal::tidy()
{
    engine_->copies.after_commit(engine_->db, engine_->db.log_pages() * engine_->page_octets);
}

void journal::finish()
{
    engine_->copies.settle();
    engine_->db.empty_log();
}

} // namespace bus
