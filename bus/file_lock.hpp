#pragma once

#include <filesystem>

namespace bus {

/// Holds a file against every other process (flock) until destroyed or the process dies.
class file_lock {
public:
    /// Throws std::runtime_error when another process holds it, disk_error when it can't be opened.
    explicit file_lock(const std::filesystem::path& file);
    ~file_lock();
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;

private:
    int descriptor_;
};

/// Of the log in `database`.
std::filesystem::path lock_file_of(const std::filesystem::path& database);

} // namespace bus
