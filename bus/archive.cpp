#include "bus/archive.hpp"

#include "bus/disk_error.hpp"
#include "bus/journal_schema.hpp"

#include <algorithm>
#include <limits>

namespace bus {
namespace {

std::string name_of(const std::filesystem::path& file, const segment& which)
{
    return "segment " + file.string() + " of the archive, events " + std::to_string(which.first) +
           " to " + std::to_string(which.last.seq) + ",";
}

constexpr const char* restore_it = "; restore it from a backup";

} // namespace

archive::opened::opened(const std::filesystem::path& file, std::size_t place)
    : place(place),
      db(file, database::access::read),
      events(db, "SELECT seq, time, id, type, payload, own FROM events WHERE seq >= ? ORDER BY seq")
{}

archive::archive(database& db, const std::filesystem::path& file) : file_(file)
{
    look_again(db);
}

void archive::look_again(database& db)
{
    segments_ = read_segments(db);
    through_ = segments_.empty() ? log_position{} : segments_.back().last;
    if (!segments_.empty() && !ids_)
        ids_.emplace(db, "SELECT seq FROM archived_ids WHERE id = ?");
}

std::size_t archive::place_of(std::uint64_t seq) const
{
    const auto found = std::ranges::lower_bound(
        segments_, seq, {}, [](const segment& one) { return one.last.seq; });
    return static_cast<std::size_t>(found - segments_.begin());
}

archive::opened& archive::open(std::size_t place)
{
    if (!opened_ || opened_->place != place) {
        opened_.reset();
        const std::filesystem::path file = segment_file_of(file_, segments_[place]);
        if (!std::filesystem::exists(file))
            throw damaged(name_of(file, segments_[place]) + " is missing" + restore_it);
        try {
            opened_.emplace(file, place);
        } catch (const damaged& wrong) { // says what to do
            throw damaged(name_of(file, segments_[place]) + " is not usable: " + wrong.what());
        } catch (const disk_error& unusable) { // an empty file is a database without tables
            throw damaged(
                name_of(file, segments_[place]) + " is not usable: " + unusable.what() +
                restore_it);
        }
    }
    return *opened_;
}

database& archive::holding(std::uint64_t seq)
{
    return open(place_of(seq)).db;
}

std::filesystem::path archive::file_of(std::uint64_t seq) const
{
    return segment_file_of(file_, segments_[place_of(seq)]);
}

statement& archive::events_from(std::uint64_t seq)
{
    return open(place_of(seq)).events;
}

log_position archive::before(std::size_t place) const
{
    return place == 0 ? log_position{} : segments_[place - 1].last;
}

std::optional<stored_facts::known_event> archive::find(const event& fact)
{
    if (!ids_)
        return std::nullopt;
    rows known = ids_->open(std::string_view{fact.id});
    if (!known.next())
        return std::nullopt;
    const std::int64_t seq = known.integer(0);
    rows row = events_from(static_cast<std::uint64_t>(seq)).open(seq);
    const bool same = row.next() && row.integer(0) == seq && row.octets(2) == fact.id &&
                      row.octets(3) == fact.type && row.octets(4) == fact.payload;
    return stored_facts::known_event{static_cast<std::uint64_t>(seq), same};
}

/// Empty: none.
std::string archive::fault_at_ends(std::size_t place, const log_identity& identity)
{
    const segment& one = segments_[place];
    const log_position start = before(place);
    database& db = open(place).db;
    if (read_identity(db) != identity)
        return "is of another log";
    event_check first{db, start};
    std::optional<log_fault> fault = first.run(one.first, [](const stored_event&) {});
    event_check last{db, one.last.seq == one.first ? start : stored_position(db, one.last.seq - 1)};
    if (!fault)
        fault = last.run(std::numeric_limits<std::int64_t>::max(), [](const stored_event&) {});
    if (fault)
        return "is damaged at event " + std::to_string(fault->seq) + ": " + fault->reason;
    if (last.right().seq != one.last.seq || last.right().own != one.last.own)
        return "ends with another event than the log says";
    return {};
}

void archive::check_ends(const log_identity& identity)
{
    for (std::size_t place = 0; place < segments_.size(); ++place) {
        const std::string wrong = fault_at_ends(place, identity);
        if (!wrong.empty())
            throw damaged(
                name_of(segment_file_of(file_, segments_[place]), segments_[place]) + " " + wrong +
                restore_it + "; `sealpost verify` says what is right");
    }
}

} // namespace bus
