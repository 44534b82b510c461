#include "cli/bus_compact.hpp"

#include "bus/log_compaction.hpp"
#include "cli/failure.hpp"
#include "cli/progress_bar.hpp"
#include "cli/state_directory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

namespace cli {

namespace {

struct compaction_report {
    std::uint64_t first = 1; ///< of the events that go, or have gone
    std::uint64_t last = 0;  ///< first - 1: there are none
    std::uint64_t stay = 0;  ///< events that stay in the journal
    std::vector<std::filesystem::path> segments;
    std::vector<std::filesystem::path> strangers;

    std::uint64_t events() const { return last + 1 - first; }
};

/// The last event to archive; may be one that is archived already.
std::uint64_t wanted_last(bus::log_compaction& log, const bus_compact_options& options)
{
    const std::uint64_t head = log.head().seq;
    if (options.keep)
        return head - std::min(head, *options.keep);
    if (!options.before->seq)
        return log.last_before(options.before->time);
    const std::uint64_t first_to_stay = *options.before->seq;
    if (first_to_stay > head + 1)
        throw failure(
            "the log ends with event " + std::to_string(head) +
            ": name one up to that with --before");
    return first_to_stay == 0 ? 0 : first_to_stay - 1;
}

void carry_out(bus::log_compaction& log, const compaction_report& report)
{
    progress_bar bar("archiving", report.events());
    log.carry_out(report.last, [&](const bus::stored_event& moved, std::uint64_t) {
        bar.reach(moved.seq + 1 - report.first);
    });
}

std::string counted_events(std::uint64_t count)
{
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

void print_text(const compaction_report& report, bool dry_run)
{
    const std::string stay = report.stay == 1 ? " stays" : " stay";
    if (report.events() == 0)
        std::cout << "nothing to archive: " << report.last << " of "
                  << counted_events(report.last + report.stay) << " are archived already, "
                  << counted_events(report.stay) << stay << " in the journal\n";
    else
        std::cout << (dry_run ? "would archive: " : "archived: ") << counted_events(report.events())
                  << ", " << report.first << " to " << report.last << "; "
                  << counted_events(report.stay) << stay << " in the journal\n";
    for (const std::filesystem::path& file : report.segments)
        std::cout << "  " << file.string() << "\n";
    for (const std::filesystem::path& file : report.strangers)
        std::cout << file.string() << " is no segment of this log; it was left alone\n";
}

void print_json(const compaction_report& report, bool dry_run)
{
    nlohmann::ordered_json line;
    line["archived"] = !dry_run;
    line["first"] = report.first;
    line["last"] = report.last;
    line["events"] = report.events();
    line["stay"] = report.stay;
    line["segments"] = nlohmann::json::array();
    for (const std::filesystem::path& file : report.segments)
        line["segments"].push_back(file.string());
    line["strangers"] = nlohmann::json::array();
    for (const std::filesystem::path& file : report.strangers)
        line["strangers"].push_back(file.string());
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

} // namespace

int bus_compact(const std::filesystem::path& state, const bus_compact_options& options)
{
    const state_directory directory(state);
    directory.existing_database();
    const state_lock lock(directory);
    bus::log_compaction log({directory.database(), directory.slab()});
    compaction_report report;
    report.first = log.archived().seq + 1;
    report.last = std::max(log.archived().seq, wanted_last(log, options));
    report.stay = log.head().seq - report.last;
    report.segments = log.files_through(report.last);
    if (!options.dry_run) {
        carry_out(log, report);
        report.strangers = log.strangers();
    }
    if (options.json)
        print_json(report, options.dry_run);
    else
        print_text(report, options.dry_run);
    return 0;
}

} // namespace cli
