#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bus {

/// The disk did not do what it was asked. After a failed commit or fdatasync nobody knows what is
/// on it, and a second try may lie: the process acknowledges nothing more and stops.
class disk_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
    /// "cannot `doing` `file`: what `error`, an errno, means; what to do".
    disk_error(std::string_view doing, const std::filesystem::path& file, int error);

    /// No room was left; something smaller may still find its place.
    bool full() const { return full_; }

private:
    bool full_ = false;
};

/// What is on the disk is not what was written. `what()` says where, and what to do.
class damaged : public disk_error {
    using disk_error::disk_error;
};

/// SQLite would lay a write-ahead log of later over a database of before.
constexpr const char* restore_database =
    "restore the database from a backup (its -wal and -shm files removed before)";

} // namespace bus
