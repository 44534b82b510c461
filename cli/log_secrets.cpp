#include "cli/log_secrets.hpp"

#include "cli/durable_file.hpp"

#include <sstream>
#include <string>

namespace cli {

namespace {

/// Shorter ones are no keys, and might stand in an event by chance: the end of a PEM file.
constexpr std::size_t shortest = 32;

bool is_secret(const std::filesystem::path& file)
{
    return file.extension() == ".secret" || file.extension() == ".key" ||
           file.filename() == "admin-token";
}

} // namespace

std::vector<log_invariants::secret> log_secrets(const std::filesystem::path& keys)
{
    std::vector<log_invariants::secret> secrets;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(keys, missing)) {
        if (!is_secret(entry.path()))
            continue;
        std::istringstream lines(read_whole(entry.path()));
        for (std::string line; std::getline(lines, line);)
            if (line.size() >= shortest && !line.starts_with("-----"))
                secrets.push_back({"keys/" + entry.path().filename().string(), line});
    }
    return secrets;
}

} // namespace cli
