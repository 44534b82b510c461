#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace service {

/// Every fault of a settings file at once, a line each: key path, what stands there, what is
/// allowed.
class invalid_settings : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One section of the TOML file, read key by key. A wrong value is noted and the default returned,
/// so that one run names every fault; finish() throws them together, unknown keys included.
class settings_reader {
public:
    /// Throws invalid_settings when the file can't be read or is no TOML (with line and column).
    settings_reader(const std::filesystem::path& file, std::string section);
    ~settings_reader();
    settings_reader(settings_reader&&) noexcept;

    std::string text(std::string_view key, std::string fallback, std::size_t longest = 1024);
    std::string required_text(std::string_view key, std::size_t longest = 1024);
    std::int64_t integer(
        std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most);
    bool flag(std::string_view key, bool fallback);
    std::vector<std::string> texts(std::string_view key, std::vector<std::string> fallback);
    /// Relative paths are meant from the settings file's folder. A required one must exist.
    std::filesystem::path path(std::string_view key, std::filesystem::path fallback);
    std::filesystem::path required_file(std::string_view key);
    /// The whole content of the file that the key names, without final white space: for keys.
    std::string secret_file(std::string_view key);
    /// "host:port", port 0..65535. An empty fallback stands for "none".
    std::string host_and_port(std::string_view key, std::string fallback);
    std::string required_host_and_port(std::string_view key);
    /// Array of tables, [[section.key]]: one reader each; faults gather in the parent, finish()
    /// only there.
    std::vector<settings_reader> tables(std::string_view key);
    /// Notes a fault that the caller found.
    void fault(std::string_view key, std::string_view what);

    /// Throws invalid_settings if anything was noted.
    void finish();

private:
    struct document;
    struct section;
    settings_reader(std::shared_ptr<document> file, std::shared_ptr<section> here);
    void no_value(std::string_view key, const std::filesystem::path& file, std::string_view why);
    std::string checked_text(
        std::string_view key, std::string text, std::string fallback, std::size_t longest);

    /// Shared with the readers of tables(), whose faults and unknown keys the parent names.
    std::shared_ptr<document> document_;
    std::shared_ptr<section> section_;
};

} // namespace service
