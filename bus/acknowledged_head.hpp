#pragma once

#include "bus/journal.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

/// How far the log had been acknowledged, in a small file beside the database. SQLite takes a
/// write-ahead log that was damaged, or is gone, for one that ends earlier, and the log is then
/// right in itself: only this file knows that it was longer.
///
/// It is overwritten in place after each commit and not synced: a power cut may leave an older one,
/// never one that is ahead of the disk. It stands there twice, written in turn, so that a write
/// that was cut short leaves the one before.
namespace bus {

/// The log that was acknowledged, and its last event.
struct acknowledged {
    log_identity identity{};
    std::uint64_t seq = 0;
    hash own{};
};

class acknowledged_head {
public:
    /// Makes the file when it is missing. Throws disk_error.
    explicit acknowledged_head(const std::filesystem::path& database);
    ~acknowledged_head();
    acknowledged_head(const acknowledged_head&) = delete;
    acknowledged_head& operator=(const acknowledged_head&) = delete;

    /// Over the older copy. Throws disk_error.
    void write(const acknowledged& head);
    /// On disk when it returns.
    void sync();

private:
    std::filesystem::path file_;
    int descriptor_;
    std::size_t next_ = 0; ///< the copy to be overwritten next
};

/// nullopt: there is none, and the log is taken as it is. Throws damaged when it was changed, and
/// disk_error.
std::optional<acknowledged> read_acknowledged_head(const std::filesystem::path& database);

std::filesystem::path acknowledged_head_of(const std::filesystem::path& database);

class database;

/// Throws damaged, with the remedy, where the log in `file`, which `db` has open, lacks what was
/// acknowledged.
void check_acknowledged(
    database& db,
    const std::filesystem::path& file,
    const log_identity& identity,
    const std::optional<acknowledged>& expected);

} // namespace bus
