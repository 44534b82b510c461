#pragma once

#include "cli/state_directory.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace cli {

/// Where a running pipeline is reached: the line of `up --json` and run/endpoints.json.
struct endpoints {
    std::string smtp;   ///< "127.0.0.1:2525"
    std::string portal; ///< "https://…", the one that links name
    std::vector<std::string> portals;
    std::string admin;
    std::filesystem::path admin_token_file;
    std::string mailboxes; ///< "http://…"; empty: none run
    std::string mailboxes_smtp;
    std::string bus; ///< "ipc://…"
    std::filesystem::path state;
    std::filesystem::path authority;           ///< "ca"
    std::map<std::string, std::string> health; ///< process → URL of its health page
    std::map<std::string, pid_t> pids;
    std::string imported_from; ///< log id; not empty: the log is followed only
};

/// One line of JSON, without the line feed.
std::string to_json(const endpoints& where);
/// Throws failure when it is none.
endpoints parse_endpoints(std::string_view json);

/// Those of the pipeline that runs on `state`; throws failure with exit code 3 when none does.
endpoints running_endpoints(const std::filesystem::path& state);

} // namespace cli
