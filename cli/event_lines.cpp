#include "cli/event_lines.hpp"

#include "bus/chain.hpp"
#include "cli/counted_lines.hpp"
#include "cli/event_line.hpp"
#include "cli/failure.hpp"
#include "cli/log_export.hpp"

#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cli {

namespace {

constexpr std::string_view start_of_header = "{\"export\":";

class line_check {
public:
    line_check(std::istream& from, const bus::right_event& seen) : lines_(from), seen_(seen) {}

    /// To the end of the file, or throws failure at what is not right. False: it is an export that
    /// left out events, whose chain cannot be followed.
    bool run()
    {
        std::optional<std::string> line = lines_.next();
        const bool is_export = line && line->starts_with(start_of_header);
        if (is_export) {
            if (!read_header_line(*line).whole)
                return false;
            line = lines_.next();
        }
        for (; line && !is_end_line(*line); line = lines_.next())
            take(read_event_line(*line));
        if (line)
            finish(read_end_line(*line));
        else if (is_export)
            throw failure("is missing: the export was cut off");
        return true;
    }

    std::uint64_t number() const { return lines_.number(); }
    const bus::log_position& right() const { return right_; } ///< the last right event

private:
    void take(bus::stored_event event)
    {
        if (event.seq != right_.seq + 1)
            throw failure(
                "is event " + std::to_string(event.seq) + ": event " +
                std::to_string(right_.seq + 1) + " is missing");
        if (event.prev != right_.own)
            step_back("holds another hash of the event before: one of the two lines was changed");
        if (event.time < right_.time)
            throw failure("has a time before that of the event before");
        event.own =
            bus::chain_hash(event.prev, event.seq, event.time, event.id, event.type, event.payload);
        before_ = right_;
        right_ = {event.seq, event.time, event.own};
        seen_(event, 0);
    }

    void finish(const export_end& end)
    {
        if (end.events != right_.seq || end.seq != right_.seq)
            throw failure("says that there are " + std::to_string(end.events) + " events");
        if (end.hash != hexadecimal(right_.own))
            step_back("has another hash than the last event: one of the two lines was changed");
        if (lines_.next())
            throw failure("stands behind the end of the export");
    }

    /// The hash of an event stands in the next line: that one told that the last is not right.
    [[noreturn]] void step_back(const char* why)
    {
        right_ = before_;
        throw failure(why);
    }

    counted_lines lines_;
    const bus::right_event& seen_;
    bus::log_position before_;
    bus::log_position right_;
};

} // namespace

bus::checked_log check_event_lines(const std::filesystem::path& file, const bus::right_event& seen)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        throw failure("cannot read " + file.string());
    bus::checked_log result;
    line_check check(stream, seen);
    bool whole = true;
    try {
        whole = check.run();
    } catch (const failure& wrong) {
        const std::uint64_t bad = check.right().seq + 1;
        const std::string line = "line " + std::to_string(check.number()) + " of the file ";
        result.fault = bus::log_fault{bad, line + wrong.what()};
    }
    if (!whole)
        throw failure(
            file.string() +
            " leaves out events: only a whole log can be checked; export it without "
            "--type, --message and --from");
    result.right = check.right();
    return result;
}

} // namespace cli
