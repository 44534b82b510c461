#include "bus/durable_files.hpp"

#include "bus/disk_error.hpp"
#include "bus/opened_file.hpp"

#include <cerrno>
#include <unistd.h>

namespace bus {
namespace {

void sync(const opened_file& opened, const std::filesystem::path& file)
{
    if (opened.error() != 0)
        throw disk_error("open", file, opened.error());
    if (::fsync(opened.number()) != 0)
        throw disk_error("sync", file, errno);
}

} // namespace

void make_folders(const std::filesystem::path& folder)
{
    if (folder.empty() || std::filesystem::exists(folder))
        return;
    make_folders(folder.parent_path());
    std::error_code error;
    std::filesystem::create_directory(folder, error);
    if (error)
        throw disk_error("make", folder, error.value());
    sync_folder_of(folder);
}

void sync_folder_of(const std::filesystem::path& file)
{
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    sync(opened_file{folder, O_RDONLY | O_DIRECTORY}, folder);
}

void reread_from_disk(const std::filesystem::path& file)
{
    const opened_file whole{file, O_RDWR};
    if (whole.error() == ENOENT)
        return;
    sync(whole, file);
    ::posix_fadvise(whole.number(), 0, 0, POSIX_FADV_DONTNEED);
}

/// Beside the log SQLite shares an index of it, with how much of it was copied. A checkpoint whose
/// pages the disk never got has told so there, and anybody who has the database open keeps it. Its
/// two headers zeroed, the next one makes it anew from the log and copies all of that.
void reread_log_of(const std::filesystem::path& database)
{
    std::filesystem::path log = database;
    reread_from_disk(log += "-wal");
    std::filesystem::path index = database;
    const opened_file shared{index += "-shm", O_RDWR};
    constexpr std::array<char, 96> no_headers{};
    if (shared.error() == ENOENT || ::lseek(shared.number(), 0, SEEK_END) == 0)
        return;
    if (::pwrite(shared.number(), no_headers.data(), no_headers.size(), 0) !=
        static_cast<ssize_t>(no_headers.size()))
        throw disk_error("write", index, errno);
}

} // namespace bus
