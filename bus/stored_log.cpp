#include "bus/stored_log.hpp"

#include "bus/acknowledged_head.hpp"
#include "bus/disk_error.hpp"
#include "bus/journal_schema.hpp"
#include "bus/key_slab.hpp"
#include "bus/log_check.hpp"
#include "bus/sqlite.hpp"

#include <limits>
#include <string>

namespace bus {
namespace {

constexpr std::uint64_t to_the_end = std::numeric_limits<std::int64_t>::max();

log_identity identity_of(database& db, const std::filesystem::path& file)
{
    check_holds_log(db, file);
    return read_identity(db);
}

} // namespace

class stored_log::engine {
public:
    explicit engine(const std::filesystem::path& file)
        : file(file),
          db(file, database::access::read),
          identity(identity_of(db, file)),
          events(db, file),
          content(
              db,
              "SELECT chunks, (SELECT count(*) FROM chunks WHERE place >= number * 1048576 AND "
              "place < (number + 1) * 1048576) FROM contents WHERE content = ? AND named != 0"),
          slot(db, "SELECT cell FROM slots WHERE content = ? AND name = ?")
    {
        static_assert(limit::chunks == 1048576);
    }

    std::optional<log_fault> find_fault(const std::function<void(const stored_event&)>& seen);

    std::filesystem::path file;
    database db;
    log_identity identity;
    log_check events;
    statement content;
    statement slot;
};

/// The transaction at the end stays open: what is asked later is of the same moment.
std::optional<log_fault> stored_log::engine::find_fault(
    const std::function<void(const stored_event&)>& seen)
{
    std::string wrong;
    std::optional<acknowledged> expected;
    try {
        expected = read_acknowledged_head(file); // before the events: the log only grows
    } catch (const disk_error& unreadable) {
        wrong = unreadable.what();
    }
    if (std::optional<log_fault> fault = events.run(to_the_end, seen))
        return fault;
    if (wrong.empty())
        wrong = structure_fault(db);
    db.execute("BEGIN");
    if (std::optional<log_fault> fault = events.run(to_the_end, seen))
        return fault;
    try {
        if (wrong.empty())
            check_acknowledged(db, file, identity, expected);
    } catch (const damaged& shorter) {
        wrong = shorter.what();
    }
    if (wrong.empty())
        return std::nullopt;
    return log_fault{events.right().seq + 1, wrong};
}

stored_log::stored_log(const std::filesystem::path& database)
    : engine_(std::make_unique<engine>(database))
{}

stored_log::~stored_log() = default;

checked_log stored_log::check(const right_event& seen)
{
    std::uint64_t last = 0;
    try {
        last = last_seq(engine_->db);
    } catch (const disk_error&) {
        last = 0; // only for progress: the check itself says which event cannot be read
    }
    checked_log result;
    result.identity = engine_->identity;
    result.imported = read_origin(engine_->db).has_value();
    result.fault = engine_->find_fault([&](const stored_event& right) { seen(right, last); });
    result.right = engine_->events.right();
    return result;
}

bool stored_log::holds_content(std::string_view content)
{
    rows row = engine_->content.open(content);
    return row.next() && row.integer(0) > 0 && row.integer(0) == row.integer(1);
}

bool stored_log::holds_slot(std::string_view content, std::string_view name)
{
    return engine_->slot.open(content, name).next();
}

stored_log::lost_keys stored_log::keys_beyond(std::uint64_t slab_octets)
{
    statement beyond{engine_->db, "SELECT count(*), min(named) FROM slots WHERE cell >= ?"};
    rows row = beyond.open(static_cast<std::int64_t>(slab_octets / locked_cell::size));
    if (!row.next() || row.integer(0) == 0)
        return {};
    return {static_cast<std::uint64_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))};
}

log_head read_log_head(const std::filesystem::path& file)
{
    database db{file, database::access::read};
    return {identity_of(db, file), read_head(db)};
}

} // namespace bus
