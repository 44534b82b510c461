#include "bus/log_check.hpp"

#include "bus/disk_error.hpp"

#include <algorithm>

namespace bus {

log_check::log_check(database& db, const std::filesystem::path& file) : db_(db), archive_(db, file)
{}

/// A compaction may have moved events to the archive since the list of segments was read.
std::optional<log_fault> log_check::run(std::uint64_t through, const right_one& seen)
{
    for (;;) {
        if (std::optional<log_fault> fault = check_archive(through, seen))
            return fault;
        std::optional<log_fault> fault = check_journal(through, seen);
        if (!fault)
            return std::nullopt;
        archive_.look_again(db_);
        if (archive_.through().seq <= right_.seq)
            return fault;
    }
}

std::optional<log_fault> log_check::check_archive(std::uint64_t through, const right_one& seen)
{
    while (right_.seq < std::min(through, archive_.through().seq)) {
        const std::filesystem::path file = archive_.file_of(right_.seq + 1);
        std::string wrong;
        try {
            wrong = check_segment(through, seen);
        } catch (const disk_error& unreadable) {
            wrong = unreadable.what();
        }
        if (!wrong.empty())
            return log_fault{right_.seq + 1, std::move(wrong), file};
    }
    return std::nullopt;
}

/// Empty: the next segment is right.
std::string log_check::check_segment(std::uint64_t through, const right_one& seen)
{
    const segment one = archive_.holding_segment(right_.seq + 1);
    database& db = archive_.holding(one.first);
    statement known{db_, "SELECT 1 FROM archived_ids WHERE id = ? AND seq = ?"};
    std::uint64_t forgotten = 0;
    event_check check{db, right_};
    const std::optional<log_fault> fault =
        check.run(std::min(through, one.last.seq), [&](const stored_event& fact) {
            const auto seq = static_cast<std::int64_t>(fact.seq);
            if (forgotten == 0 && !known.open(std::string_view{fact.id}, seq).next())
                forgotten = fact.seq;
            seen(fact);
        });
    right_ = check.right();
    if (fault)
        return fault->reason;
    if (right_.seq < std::min(through, one.last.seq))
        return "it is missing: the segment ends before it";
    if (right_.seq == one.last.seq && right_.own != one.last.own)
        return "the segment is another one than the log says";
    if (forgotten != 0)
        return "the id of event " + std::to_string(forgotten) +
               " is not known any more: " + restore_database;
    return right_.seq == one.last.seq ? structure_fault(db) : "";
}

std::optional<log_fault> log_check::check_journal(std::uint64_t through, const right_one& seen)
{
    event_check check{db_, right_};
    std::optional<log_fault> fault = check.run(through, seen);
    right_ = check.right();
    return fault;
}

} // namespace bus
