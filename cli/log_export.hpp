#pragma once

#include "bus/event.hpp"
#include "cli/event_filter.hpp"
#include "cli/redaction.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The form of an exported log (docs/replay.md): a line that says what follows, a line an event
/// (event_line), and a line that says where it ends, so that a cut is noticed.
namespace cli {

struct export_header {
    std::string log;       ///< id of the log, 32 hexadecimal digits
    bool whole = true;     ///< from event 1 on, none left out: can be imported
    bool redacted = false; ///< with pseudonyms, and therefore another chain than the log's
};

struct export_end {
    std::uint64_t events = 0; ///< lines of events
    std::uint64_t seq = 0;    ///< of the last one
    std::string hash;         ///< of the last one, by the chain of these lines
};

std::string header_line(const export_header& header);
std::string end_line(const export_end& end);
/// Throw failure that says what is wrong.
export_header read_header_line(std::string_view line);
export_end read_end_line(std::string_view line);
bool is_end_line(std::string_view line);

/// Writes an export, line by line.
class log_export {
public:
    using sink = std::function<void(std::string_view)>;

    /// Writes the first line. `log`: id of the log; a redacted export names it by a pseudonym.
    log_export(const std::string& log, const event_selection& wanted, bool redact, sink to);

    /// Every event of the log, in order; those that are wanted are written.
    void add(const bus::stored_event& event);
    /// Writes the last line.
    void finish();

    std::uint64_t events() const { return end_.events; }

private:
    bus::stored_event redacted(const bus::stored_event& event);

    event_filter filter_;
    std::optional<redactor> redactor_;
    bus::hash last_{}; ///< of the redacted chain
    export_end end_;
    sink to_;
};

} // namespace cli
