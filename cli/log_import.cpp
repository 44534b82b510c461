#include "cli/log_import.hpp"

#include "cli/counted_lines.hpp"
#include "cli/event_line.hpp"
#include "cli/failure.hpp"

#include <sodium.h>

#include <optional>
#include <utility>

namespace cli {

namespace {

std::string next_line(counted_lines& lines)
{
    std::optional<std::string> line = lines.next();
    if (!line)
        throw failure("is missing: the file was cut off");
    return std::move(*line);
}

bus::log_identity identity_of(const export_header& header)
{
    bus::log_identity identity{};
    std::size_t octets = 0;
    const int wrong = sodium_hex2bin(
        identity.data(),
        identity.size(),
        header.log.data(),
        header.log.size(),
        nullptr,
        &octets,
        nullptr);
    if (wrong != 0 || octets != identity.size())
        throw failure("names no log: its id has 32 hexadecimal digits");
    return identity;
}

void take_event(bus::journal& log, const std::string& line)
{
    const bus::stored_event event = read_event_line(line);
    if (const auto refused = log.adopt(event))
        throw failure("cannot be taken: " + refused->text);
}

void check_end(const export_end& end, const bus::log_position& reached)
{
    if (end.events != reached.seq || end.seq != reached.seq)
        throw failure(
            "says that the log has " + std::to_string(end.events) + " events, and there were " +
            std::to_string(reached.seq));
    if (end.hash != hexadecimal(reached.own))
        throw failure("has another hash than the last event: that one, or this line, was changed");
}

imported_log take_all(
    counted_lines& lines, bus::journal& log, const std::function<void(std::uint64_t)>& reached)
{
    imported_log taken;
    taken.header = read_header_line(next_line(lines));
    const bus::log_identity origin = identity_of(taken.header);
    if (!taken.header.whole)
        throw failure("says that events were left out: only a whole log can be imported");
    for (;;) {
        const std::string line = next_line(lines);
        reached(lines.octets());
        if (is_end_line(line)) {
            taken.end = read_end_line(line);
            break;
        }
        take_event(log, line);
    }
    check_end(taken.end, log.written());
    if (lines.next())
        throw failure("stands behind the end of the export");
    log.mark_imported(origin);
    return taken;
}

} // namespace

imported_log import_log(
    std::istream& lines, bus::journal& log, const std::function<void(std::uint64_t)>& reached)
{
    if (log.head().seq > 0 || log.origin())
        throw failure(
            "the log is not empty: it has " + std::to_string(log.head().seq) +
            " events. A log is imported into an empty one: name another --state DIR");
    counted_lines counted(lines);
    log.begin(0);
    imported_log taken;
    try {
        taken = take_all(counted, log, reached);
    } catch (const failure& wrong) {
        throw failure("line " + std::to_string(counted.number()) + " " + wrong.what());
    }
    log.commit();
    log.finish(); // whoever copies the database has all of it
    return taken;
}

} // namespace cli
