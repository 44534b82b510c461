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

} // namespace bus
