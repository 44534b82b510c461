#include "cli/events_import.hpp"

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
                "there is no file " + name_ + "; name one that `sealpost events export` wrote");
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

imported_log import_from(import_source& source, const state_directory& state)
{
    state.create();
    const state_lock lock(state);
    bus::journal log({state.database(), state.slab()});
    progress_bar bar("importing", source.octets());
    return import_log(source.lines(), log, [&bar](std::uint64_t octets) { bar.reach(octets); });
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
    }
    return 0;
}

} // namespace cli
