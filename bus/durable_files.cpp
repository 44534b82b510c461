#include "bus/durable_files.hpp"

#include "bus/disk_error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace bus {
namespace {

class opened {
public:
    opened(const std::filesystem::path& file, int flags)
        : file_(file), number_(::open(file.c_str(), flags | O_CLOEXEC))
    {}
    ~opened()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;

    int number() const { return number_; }
    void sync() const
    {
        if (number_ < 0)
            throw disk_error("open", file_, errno);
        if (::fsync(number_) != 0)
            throw disk_error("sync", file_, errno);
    }

private:
    std::filesystem::path file_;
    int number_;
};

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
    opened{folder, O_RDONLY | O_DIRECTORY}.sync();
}

void reread_from_disk(const std::filesystem::path& file)
{
    const opened whole{file, O_RDWR};
    if (whole.number() < 0 && errno == ENOENT)
        return;
    whole.sync();
    ::posix_fadvise(whole.number(), 0, 0, POSIX_FADV_DONTNEED);
}

} // namespace bus
