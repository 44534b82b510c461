#include "bus/journal_reader.hpp"

#include "bus/content_store.hpp"
#include "bus/key_slots.hpp"
#include "bus/sqlite.hpp"

#include <algorithm>

namespace bus {
namespace {

hash read_hash(std::string_view octets, std::uint64_t seq)
{
    hash value{};
    if (octets.size() != value.size())
        throw damaged("event " + std::to_string(seq) + " has no hash");
    std::copy(octets.begin(), octets.end(), value.begin());
    return value;
}

} // namespace

class journal_reader::engine {
public:
    explicit engine(const journal_files& files)
        : db(files.database, database::access::read),
          slab(files.slab, key_slab::access::read),
          contents(db),
          slots(db, slab),
          events(
              db,
              "SELECT seq, time, id, type, payload, own FROM events WHERE seq >= ? ORDER BY seq"),
          own(db, "SELECT own FROM events WHERE seq = ?")
    {}

    database db;
    key_slab slab;
    content_reader contents;
    key_slot_reader slots;
    statement events;
    statement own;
};

journal_reader::journal_reader(const journal_files& files)
    : engine_(std::make_unique<engine>(files))
{}

journal_reader::~journal_reader() = default;

void journal_reader::read_events(event_batch& batch)
{
    rows row = engine_->events.open(static_cast<std::int64_t>(batch.next()));
    while (!batch.full() && row.next()) {
        stored_event fact;
        fact.seq = static_cast<std::uint64_t>(row.integer(0));
        if (fact.seq != batch.next())
            throw damaged("event " + std::to_string(batch.next()) + " is missing in the log");
        fact.time = row.integer(1);
        fact.id = row.octets(2);
        fact.type = row.octets(3);
        fact.payload = row.octets(4);
        fact.own = read_hash(row.octets(5), fact.seq);
        batch.add(fact);
    }
}

std::optional<hash> journal_reader::hash_of(std::uint64_t seq)
{
    if (seq == 0)
        return hash{};
    rows row = engine_->own.open(static_cast<std::int64_t>(seq));
    if (!row.next())
        return std::nullopt;
    return read_hash(row.octets(0), seq);
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
