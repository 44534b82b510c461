#include "cli/events_import.hpp"

#include "bus/disk_error.hpp"
#include "bus/disk_space.hpp"
#include "cli/failure.hpp"
#include "cli/log_import.hpp"
#include "cli/progress_bar.hpp"
#include "cli/state_directory.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>

namespace cli {

namespace {

/// A file, or standard input; throws failure when there is nothing to be had.
class import_source {
public:
    explicit import_source(const std::filesystem::path& file) : name_(file.string())
    {
        if (name_ == "-")
            return;
        std::error_code error;
        if (!std::filesystem::is_regular_file(file, error))
            throw failure(
                (std::filesystem::exists(file, error) ? "this is no regular file: "
                                                      : "there is no file ") +
                name_ + "; name one that `sealpost events export` wrote");
        octets_ = std::filesystem::file_size(file, error);
        file_.open(file, std::ios::binary);
        if (!file_)
            throw failure("cannot read " + name_);
    }

    std::istream& lines() { return name_ == "-" ? std::cin : file_; }
    std::string name() const { return name_ == "-" ? "standard input" : name_; }
    std::uint64_t octets() const { return octets_; }

private:
    std::string name_;
    std::ifstream file_;
    std::uint64_t octets_ = 0;
};

/// The files of a log that is being imported. Where that does not come to its end they are removed
/// again: they would fill the disk, and stand in the way of the next try.
class unfinished_log {
public:
    explicit unfinished_log(const state_directory& state)
        : state_(state), holds_nothing_(holds_nothing(state)), makes_slab_(missing(state.slab()))
    {}
    ~unfinished_log()
    {
        if (!holds_nothing_)
            return;
        std::error_code stays;
        for (const char* end : {"", "-wal", "-shm", ".head"})
            std::filesystem::remove(state_.database() += end, stays);
        if (makes_slab_)
            std::filesystem::remove(state_.slab(), stays);
    }
    unfinished_log(const unfinished_log&) = delete;
    unfinished_log& operator=(const unfinished_log&) = delete;

    void was_empty(bool empty) { holds_nothing_ = empty; }
    void finished() { holds_nothing_ = false; }

private:
    /// What stands beside a database that is missing is of another log, and stays.
    static bool holds_nothing(const state_directory& state)
    {
        const auto is_missing = [&](const char* end) {
            std::filesystem::path file = state.database();
            return missing(file += end);
        };
        return is_missing("") && is_missing("-wal") && is_missing(".head");
    }
    static bool missing(const std::filesystem::path& file)
    {
        std::error_code error;
        return std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found;
    }

    const state_directory& state_;
    bool holds_nothing_;
    bool makes_slab_;
};

imported_log import_from(import_source& source, const state_directory& state)
{
    state.create();
    const state_lock lock(state);
    unfinished_log files(state); // goes after the journal, whose files they are
    bus::journal log({state.database(), state.slab()});
    files.was_empty(log.head().seq == 0 && !log.origin());
    progress_bar bar("importing", source.octets());
    imported_log taken =
        import_log(source.lines(), log, [&bar](std::uint64_t octets) { bar.reach(octets); });
    files.finished();
    return taken;
}

/// What is free is told once nothing of the import is left.
std::string no_room(const import_source& source, const state_directory& state)
{
    constexpr std::uint64_t mebioctet = 1024UL * 1024;
    std::string needed = "twice the size of the export";
    if (source.octets() > 0)
        needed += ", " + std::to_string(2 * source.octets() / mebioctet + 1) + " MiB";
    return "the disk of " + state.root().string() + " is full: an import needs about " + needed +
           ", and " + std::to_string(bus::free_octets(state.database()) / mebioctet) +
           " MiB are free. Make room there, or name another --state DIR, then import again";
}

void print(const imported_log& taken, const state_directory& state, bool as_json)
{
    if (as_json) {
        std::cout << nlohmann::ordered_json{
                         {"events", taken.end.events},
                         {"imported_from", taken.header.log},
                         {"redacted", taken.header.redacted},
                         {"state", state.root().string()}}
                         .dump()
                  << "\n";
        return;
    }
    std::cout << "imported " << taken.end.events << " events of log " << taken.header.log
              << (taken.header.redacted ? " (redacted)" : "") << " into " << state.root().string()
              << "\nIt is followed only: nothing will be accepted, sent or disclosed on it. "
                 "`sealpost --state "
              << state.root().string() << " up` starts it.\n";
}

} // namespace

int events_import(const std::filesystem::path& state, const events_import_options& options)
{
    import_source source(options.file);
    const state_directory directory(state);
    try {
        print(import_from(source, directory), directory, options.json);
    } catch (const failure& wrong) {
        throw failure(source.name() + ": " + wrong.what() + ". Nothing was imported.");
    } catch (const bus::disk_error& wrong) {
        throw failure(
            source.name() + ": " + (wrong.full() ? no_room(source, directory) : wrong.what()) +
            ". Nothing was imported.");
    }
    return 0;
}

} // namespace cli
