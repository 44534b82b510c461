#include "cli/bus_truncate.hpp"

#include "bus/disk_error.hpp"
#include "bus/log_truncation.hpp"
#include "cli/durable_file.hpp"
#include "cli/log_export.hpp"
#include "cli/progress_bar.hpp"
#include "cli/signed_head.hpp"
#include "cli/state_directory.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <optional>
#include <string>

namespace cli {

namespace {

struct kept_events {
    std::filesystem::path file; ///< empty: there was none to keep
    std::uint64_t events = 0;
    std::string unreadable; ///< why the others could not be read; empty: all are kept
};

bus::log_truncation prepare(const state_directory& state, std::uint64_t after)
{
    progress_bar bar("checking", after);
    return {
        {state.database(), state.slab()},
        after,
        [&bar](const bus::stored_event& right, std::uint64_t) { bar.reach(right.seq); }};
}

/// Beside the log; what an earlier truncation kept is never replaced.
std::filesystem::path free_name(const state_directory& state, std::uint64_t after)
{
    const std::string stem = state.database().string() + ".removed-after-" + std::to_string(after);
    std::filesystem::path name = stem + ".ndjson";
    for (int again = 2; std::filesystem::exists(name); ++again)
        name = stem + "-" + std::to_string(again) + ".ndjson";
    return name;
}

kept_events keep(
    const bus::log_truncation& truncation, const state_directory& state, std::uint64_t after)
{
    kept_events kept;
    if (truncation.loss().events == 0)
        return kept;
    kept.file = free_name(state, after);
    durable_file file(kept.file);
    event_selection behind;
    behind.from.emplace().seq = after + 1;
    log_export lines(
        log_end_of({truncation.identity(), {}}).log, behind, false, [&file](std::string_view text) {
            file.write(text);
        });
    progress_bar bar("keeping", truncation.loss().events);
    try {
        truncation.read_removed([&](const bus::stored_event& removed) {
            lines.add(removed);
            bar.reach(lines.events());
        });
    } catch (const bus::disk_error& end) {
        kept.unreadable = end.what();
    }
    lines.finish();
    file.commit();
    kept.events = lines.events();
    return kept;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string loss_text(const bus::truncation_loss& loss, std::uint64_t after)
{
    const std::string behind = " behind event " + std::to_string(after);
    std::string text = counted(loss.events, "event", "events") + behind + ", " +
                       counted(loss.contents, "content", "contents") + " and " +
                       counted(loss.slots, "key slot", "key slots") + " that came with them";
    if (loss.gone > 0)
        text += "; " + counted(loss.gone, "event", "events") + " more had been acknowledged and " +
                (loss.gone == 1 ? "is" : "are") + " lost already: that loss is accepted";
    return text;
}

void print_text(
    const bus::truncation_loss& loss, std::uint64_t after, const std::optional<kept_events>& kept)
{
    if (!kept) {
        std::cout << "would remove for good: " << loss_text(loss, after)
                  << "\nNothing was changed. Say --confirm to do it; the events are kept in a file "
                     "beside the log.\n";
        return;
    }
    std::cout << "removed: " << loss_text(loss, after) << "\n";
    if (!kept->file.empty())
        std::cout << "kept " << counted(kept->events, "event", "events") << " in "
                  << kept->file.string() << "\n";
    if (!kept->unreadable.empty())
        std::cout << "the others cannot be read: " << kept->unreadable << "\n";
}

void print_json(
    const bus::truncation_loss& loss, std::uint64_t after, const std::optional<kept_events>& kept)
{
    nlohmann::ordered_json line;
    line["removed"] = kept.has_value();
    line["after"] = after;
    line["events"] = loss.events;
    line["contents"] = loss.contents;
    line["slots"] = loss.slots;
    line["lost_already"] = loss.gone;
    line["file"] = nullptr;
    if (kept && !kept->file.empty())
        line["file"] = kept->file.string();
    line["kept"] = kept ? kept->events : 0;
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

} // namespace

int bus_truncate(const std::filesystem::path& state, const bus_truncate_options& options)
{
    const state_directory directory(state);
    directory.existing_database();
    const state_lock lock(directory);
    bus::log_truncation truncation = prepare(directory, options.after);
    std::optional<kept_events> kept;
    if (options.confirm) {
        kept = keep(truncation, directory, options.after);
        truncation.carry_out();
    }
    if (options.json)
        print_json(truncation.loss(), options.after, kept);
    else
        print_text(truncation.loss(), options.after, kept);
    return 0;
}

} // namespace cli
