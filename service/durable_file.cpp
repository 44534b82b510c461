#include "service/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace service {

namespace {

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& file)
{
    throw std::system_error(
        errno, std::system_category(), "cannot " + std::string(what) + " " + file.string());
}

/// Closes on every way out.
struct descriptor {
    int number;
    ~descriptor()
    {
        if (number >= 0)
            ::close(number);
    }
};

[[noreturn]] void refuse_second(const std::filesystem::path& temporary)
{
    throw std::system_error(
        EBUSY, std::system_category(), "another process is writing " + temporary.string());
}

/// Whoever writes holds a lock; what a crash left behind has none, and may have other rights.
void remove_leftover(const std::filesystem::path& temporary)
{
    const descriptor found{
        ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (found.number >= 0 && ::flock(found.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        refuse_second(temporary);
    ::unlink(temporary.c_str());
}

/// Locks it, unless another came between its making and that, and removed it.
bool take(int made, const std::filesystem::path& temporary)
{
    struct stat own = {};
    struct stat named = {};
    return ::flock(made, LOCK_EX | LOCK_NB) == 0 && ::fstat(made, &own) == 0 &&
           ::stat(temporary.c_str(), &named) == 0 && own.st_ino == named.st_ino;
}

} // namespace

void sync_folder(const std::filesystem::path& folder)
{
    const descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.number < 0 || ::fsync(opened.number) != 0)
        fail("sync", folder);
}

durable_file::durable_file(std::filesystem::path file, unsigned mode)
    : file_(std::move(file)), temporary_(file_.string() + ".new")
{
    remove_leftover(temporary_);
    descriptor_ =
        ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor_ < 0 && errno != EEXIST)
        fail("create", temporary_);
    if (descriptor_ < 0 || !take(descriptor_, temporary_)) {
        if (descriptor_ >= 0)
            ::close(descriptor_);
        refuse_second(temporary_);
    }
    if (::fchmod(descriptor_, mode) != 0) {
        const int reason = errno;
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
        errno = reason;
        fail("set the rights of", temporary_);
    }
}

durable_file::~durable_file()
{
    if (descriptor_ < 0)
        return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

void durable_file::write(std::string_view content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor_, content.data(), content.size());
        if (written < 0 && errno != EINTR)
            fail("write", temporary_);
        if (written > 0)
            content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void durable_file::commit()
{
    if (::fsync(descriptor_) != 0)
        fail("sync", temporary_);
    if (::rename(temporary_.c_str(), file_.c_str()) != 0)
        fail("replace", file_);
    ::close(std::exchange(descriptor_, -1));
    sync_folder(file_.has_parent_path() ? file_.parent_path() : std::filesystem::path("."));
}

} // namespace service
