#include "bus/journal_reader.hpp"

#include "bus/archive.hpp"
#include "bus/content_store.hpp"
#include "bus/key_slots.hpp"
#include "bus/sqlite.hpp"
#include "bus/visited_rows.hpp"

#include <algorithm>

namespace bus {
namespace {

/// Zeros where it is none: no event has that hash.
hash read_hash(std::string_view octets)
{
    hash value{};
    if (octets.size() == value.size())
        std::copy(octets.begin(), octets.end(), value.begin());
    return value;
}

constexpr const char* missing = "is missing in the log";

constexpr const char* changed = "does not match its hash";

/// Adds the event of columns seq, time, id, type, payload, own unchecked. False, and nothing is
/// added: it is not the batch's next one.
template <class Row>
bool add_row(const Row& row, event_batch& batch)
{
    event_view fact;
    fact.seq = static_cast<std::uint64_t>(row.integer(0));
    if (fact.seq != batch.next())
        return false;
    fact.time = row.integer(1);
    fact.id = row.octets(2);
    fact.type = row.octets(3);
    fact.payload = row.octets(4);
    batch.add_unchecked(fact, read_hash(row.octets(5)));
    return true;
}

} // namespace

class journal_reader::engine {
public:
    explicit engine(const journal_files& files)
        : db(files.database, database::access::read),
          slab(files.slab, key_slab::access::read),
          contents(db),
          slots(db, slab),
          older(db, files.database),
          events(
              db,
              "SELECT seq, time, id, type, payload, own FROM events WHERE seq >= ? ORDER BY seq"),
          many_events(db, "events", "seq, time, id, type, payload, own", "seq"),
          own(db, "SELECT own FROM events WHERE seq = ?")
    {}

    database db;
    key_slab slab;
    content_reader contents;
    key_slot_reader slots;
    archive older;
    statement events;
    visited_rows many_events;
    statement own;

    bool archived(std::uint64_t seq) const { return seq > 0 && seq <= older.through().seq; }
    /// To the end of the file that `seq` is in.
    statement& events_from(std::uint64_t seq)
    {
        return archived(seq) ? older.events_from(seq) : events;
    }
    /// Until the visitor, which gets the row and says whether to go on, or that file ends.
    template <class Visitor>
    void visit_from(std::uint64_t seq, const Visitor& visitor)
    {
        const auto first = static_cast<std::int64_t>(seq);
        if (!archived(seq))
            return many_events.visit(first, visitor);
        rows row = older.events_from(seq).open(first);
        while (row.next() && visitor(row)) {
        }
    }
    [[noreturn]] void fail(std::uint64_t seq, const std::string& what) const
    {
        const std::string file = archived(seq) ? older.file_of(seq).string() : "the database";
        throw damaged(
            "event " + std::to_string(seq) + " " + what + ": stop the bus and restore " + file +
            " from a backup; `sealpost verify` says what is right");
    }
};

journal_reader::journal_reader(const journal_files& files)
    : engine_(std::make_unique<engine>(files))
{}

journal_reader::~journal_reader() = default;

void journal_reader::read_events(event_batch& batch)
{
    const char* wrong = nullptr;
    engine_->visit_from(batch.next(), [&](const auto& row) {
        wrong = add_row(row, batch) ? nullptr : missing;
        return wrong == nullptr && !batch.full();
    });
    if (!batch.check())
        wrong = changed;
    if (wrong != nullptr && batch.count() == 0) // else those before it are right, and the next
        engine_->fail(batch.next(), wrong);     // read begins with it
}

void journal_reader::check(std::uint64_t seq)
{
    const hash before = hash_of(seq - 1).value_or(hash{});
    rows row = engine_->events_from(seq).open(static_cast<std::int64_t>(seq));
    event_batch found{seq, before, 1};
    if (!row.next() || !add_row(row, found))
        engine_->fail(seq, missing);
    if (!found.check())
        engine_->fail(seq, changed);
}

std::optional<hash> journal_reader::hash_of(std::uint64_t seq)
{
    if (seq == 0)
        return hash{};
    if (engine_->archived(seq))
        return stored_position(engine_->older.holding(seq), seq).own;
    rows row = engine_->own.open(static_cast<std::int64_t>(seq));
    if (!row.next())
        return std::nullopt;
    return read_hash(row.octets(0));
}

std::optional<std::string> journal_reader::chunk(const get_request& wish)
{
    return engine_->contents.chunk(wish.content, wish.index);
}

std::optional<std::string> journal_reader::slot(std::string_view content, std::string_view name)
{
    return engine_->slots.get(content, name);
}

} // namespace bus
