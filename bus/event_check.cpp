#include "bus/event_check.hpp"

#include "bus/chain.hpp"
#include "bus/disk_error.hpp"
#include "bus/journal_schema.hpp"
#include "bus/segments.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace bus {
namespace {

/// A read transaction that lasts keeps the broker from shortening its write-ahead log.
constexpr std::uint64_t events_a_read = 4096;

/// A flipped bit may turn a text into a blob of the same octets: the types are part of the event.
constexpr std::string_view events_after =
    "SELECT seq, time, id, type, payload, own, typeof(time) || ' ' || typeof(id) || ' ' || "
    "typeof(type) || ' ' || typeof(payload) || ' ' || typeof(own) "
    "FROM events WHERE seq > ? ORDER BY seq LIMIT ?";
constexpr std::string_view right_types = "integer text text blob blob";

} // namespace

event_check::event_check(database& db, const log_position& start)
    : read_(db, events_after), right_(start)
{}

std::optional<log_fault> event_check::run(
    std::uint64_t through, const std::function<void(const stored_event&)>& seen)
{
    for (std::uint64_t before = right_.seq; before < through; before = right_.seq) {
        const std::uint64_t most = std::min(events_a_read, through - before);
        rows row = read_.open(static_cast<std::int64_t>(before), static_cast<std::int64_t>(most));
        std::string wrong;
        while (read_next(row, wrong))
            seen(event_);
        if (!wrong.empty())
            return log_fault{right_.seq + 1, std::move(wrong), {}, unreadable_};
        if (right_.seq == before)
            break;
    }
    return std::nullopt;
}

/// False: there is no further event, or the next one is wrong. What `seen` throws is no fault of
/// the log, so it does not get here.
bool event_check::read_next(rows& row, std::string& wrong)
try {
    if (!row.next())
        return false;
    wrong = fault_of(row);
    return wrong.empty();
} catch (const damaged& broken) {
    wrong = std::string("it cannot be read: ") + broken.what();
    return false;
} catch (const disk_error& unreadable) {
    wrong = std::string("it cannot be read: ") + unreadable.what();
    unreadable_ = true;
    return false;
}

/// Empty: the next event is right, and now the last right one.
std::string event_check::fault_of(const rows& row)
{
    event_.seq = static_cast<std::uint64_t>(row.integer(0));
    if (event_.seq != right_.seq + 1)
        return "it is missing: the next one in the log is " + std::to_string(event_.seq);
    if (row.octets(6) != right_types)
        return "its fields are not of the right types";
    event_.time = row.integer(1);
    if (event_.time < right_.time)
        return "its time is before that of the event before";
    event_.id = row.octets(2);
    event_.type = row.octets(3);
    event_.payload = row.octets(4);
    event_.prev = right_.own;
    event_.own =
        chain_hash(event_.prev, event_.seq, event_.time, event_.id, event_.type, event_.payload);
    if (row.octets(5) !=
        std::string_view{reinterpret_cast<const char*>(event_.own.data()), event_.own.size()})
        return "it does not match its hash";
    right_ = {event_.seq, event_.time, event_.own};
    return {};
}

log_position stored_position(database& db, std::uint64_t seq)
{
    log_position position{seq, 0, {}};
    statement get{db, "SELECT own FROM events WHERE seq = ?"};
    rows row = get.open(static_cast<std::int64_t>(seq));
    if (row.next() && row.octets(0).size() == position.own.size())
        std::copy_n(row.octets(0).begin(), position.own.size(), position.own.begin());
    return position;
}

void check_newest_events(database& db, std::uint64_t most)
{
    const std::uint64_t last = last_seq(db);
    const std::uint64_t before = last > most ? last - most : 0;
    const log_position archived = archived_through(db);
    event_check check{db, before <= archived.seq ? archived : stored_position(db, before)};
    const std::optional<log_fault> fault =
        check.run(std::numeric_limits<std::int64_t>::max(), [](const stored_event&) {});
    if (fault && fault->unreadable) // the next start may find all of it
        throw disk_error("event " + std::to_string(fault->seq) + ": " + fault->reason);
    if (fault)
        throw damaged(
            "the log is damaged at event " + std::to_string(fault->seq) + ": " + fault->reason +
            "; " + restore_database +
            ", or, if only its end is damaged, cut that off with `sealpost bus truncate --after " +
            std::to_string(fault->seq - 1) + "`; `sealpost verify` says what is right");
}

std::string structure_fault(database& db)
try {
    const std::string said = integrity_of(db, "events");
    return said == "ok" ? "" : "the table of events is damaged beside the events: " + said;
} catch (const disk_error& unreadable) {
    return std::string("the table of events is damaged beside the events: ") + unreadable.what();
}

} // namespace bus
