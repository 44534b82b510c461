#pragma once

#include <filesystem>

/// What must be so on the disk before anything in a file counts. Everything throws disk_error.
namespace bus {

/// Makes the folder and those above it that are missing; their names are on disk when it returns.
void make_folders(const std::filesystem::path& folder);

/// The names of the files in the folder of `file` are on disk when it returns.
void sync_folder_of(const std::filesystem::path& file);

/// What is read from the file from now on stands on the disk. After a sync that failed, in this
/// process or one before, the page cache holds as clean what the disk never got. A missing file is
/// left missing.
void reread_from_disk(const std::filesystem::path& file);

/// What is read from an SQLite database with a write-ahead log, whose writer nobody else is, from
/// now on stands on the disk: the log is reread, and so is what of it was copied. Before it is
/// opened.
void reread_log_of(const std::filesystem::path& database);

} // namespace bus
