#include "cli/head.hpp"

#include "cli/signed_head.hpp"
#include "cli/state_directory.hpp"

#include <iostream>

namespace cli {

int head(const std::filesystem::path& state, const head_options& options)
{
    const state_directory directory(state);
    log_end end = log_end_of(bus::read_log_head(directory.existing_database()));
    if (options.sign)
        sign(end, directory.head_secret());
    if (options.sign || options.json)
        std::cout << to_json(end) << "\n";
    else
        std::cout << "log " << end.log << " ends with event " << end.seq << ", hash " << end.hash
                  << "\n";
    return 0;
}

} // namespace cli
