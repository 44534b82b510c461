#include "bus/file_lock.hpp"

#include "bus/disk_error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace bus {

file_lock::file_lock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{
    if (descriptor_ < 0)
        throw disk_error("open", file, errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor_);
        throw std::runtime_error(
            "another sealpost-bus holds " + file.string() +
            ": stop it first, or give this one another database");
    }
}

file_lock::~file_lock()
{
    ::close(descriptor_);
}

std::filesystem::path lock_file_of(const std::filesystem::path& database)
{
    std::filesystem::path lock = database;
    lock += ".lock";
    return lock;
}

} // namespace bus
