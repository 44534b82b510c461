// A disk that fails once, at a chosen call: preloaded, it stands between a process and the C
// library.
//
//   SEALPOST_DISK        the folder whose files count; calls on others are left alone
//   SEALPOST_DISK_TRACE  a file that gets a line a call: CALL FILE RESULT
//   SEALPOST_DISK_FAULT  CALL FILE N KIND: what fails, the N-th CALL on FILE (a name there, or *)
//   SEALPOST_DISK_ARMED  a file: calls are counted for the fault once it is there; none: all are
//
// CALL is open, read, write, sync or truncate, by whatever name the C library has for it. KIND is
// an error (EIO, ENOSPC, EINTR), or short: half is written or read; full: half is written, and all
// later writes find no space; lie: this and all later calls say that they were done, and do nothing
// (what is read is zeros); deaf: this and all later writes say that they were done, also when the
// disk had no room; keep: what this and all later writes write stays in memory, too.

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

struct fault {
    std::array<char, 16> call{};
    std::array<char, 128> file{};
    std::array<char, 16> kind{};
    long count = 0;
};

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : value;
}

fault wanted_fault()
{
    fault wanted;
    std::sscanf(
        std::string{variable("SEALPOST_DISK_FAULT")}.c_str(),
        "%15s %127s %ld %15s",
        wanted.call.data(),
        wanted.file.data(),
        &wanted.count,
        wanted.kind.data());
    return wanted;
}

/// The file's name in the folder that counts, "." for the folder itself; empty when it is
/// elsewhere.
std::string counted(const std::string& path)
{
    static const std::string folder{variable("SEALPOST_DISK")};
    if (path.compare(0, folder.size(), folder) != 0)
        return "";
    if (path.size() == folder.size())
        return ".";
    return path[folder.size()] == '/' ? path.substr(folder.size() + 1) : "";
}

std::string counted(int descriptor)
{
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
    return size <= 0 ? "" : counted(std::string(path.data(), static_cast<std::size_t>(size)));
}

void note(std::string_view call, const std::string& file, std::string_view result)
{
    static const int trace = static_cast<int>(::syscall(
        SYS_openat,
        AT_FDCWD,
        std::string{variable("SEALPOST_DISK_TRACE")}.c_str(),
        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
        0600));
    const std::string line = std::string{call} + " " + file + " " + std::string{result} + "\n";
    ::syscall(SYS_write, trace, line.data(), line.size());
}

/// What becomes of all calls after the chosen one.
std::string_view afterwards(std::string_view kind)
{
    if (kind == "full")
        return "ENOSPC";
    return kind == "lie" || kind == "deaf" || kind == "keep" ? kind : std::string_view{};
}

const fault& the_fault()
{
    static const fault wanted = wanted_fault();
    return wanted;
}

bool concerns(const fault& wanted, std::string_view call, const std::string& file)
{
    const std::string_view name = wanted.file.data();
    return call == wanted.call.data() && (name == "*" || name == file);
}

/// Advice that pages are not needed any more begins to write them, as does a wish to begin: such a
/// disk takes neither.
bool lies_about_syncs(const std::string& file)
{
    return !file.empty() && the_fault().kind.data() == std::string_view{"lie"} &&
           concerns(the_fault(), "sync", file);
}

/// Whether calls count for the fault by now.
bool is_armed()
{
    static const std::string file{variable("SEALPOST_DISK_ARMED")};
    static std::atomic<bool> armed = file.empty();
    if (!armed && ::access(file.c_str(), F_OK) == 0)
        armed = true;
    return armed;
}

/// What is to become of this call: nothing special when empty.
std::string_view fate(std::string_view call, const std::string& file)
{
    const fault& wanted = the_fault();
    static std::atomic<long> seen = 0;
    const std::string_view kind = wanted.kind.data();
    std::string_view result;
    if (concerns(wanted, call, file) && is_armed()) {
        const long now = ++seen;
        if (now == wanted.count)
            result = kind;
        else if (now > wanted.count)
            result = afterwards(kind);
    }
    note(call, file, result.empty() ? "ok" : result);
    return result;
}

int fail(std::string_view kind)
{
    errno = kind == "ENOSPC" ? ENOSPC : kind == "EINTR" ? EINTR : EIO;
    return -1;
}

template <class Function>
Function next(const char* name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

/// A copy that nobody frees.
void keep(const void* data, std::size_t size)
{
    static std::vector<std::string*> kept;
    static std::mutex alone;
    const std::lock_guard lock{alone};
    kept.push_back(new std::string(static_cast<const char*>(data), size));
}

template <class Write>
ssize_t write(int descriptor, const void* data, std::size_t size, Write real)
{
    const std::string file = counted(descriptor);
    const std::string_view kind = file.empty() ? "" : fate("write", file);
    if (kind == "keep")
        keep(data, size);
    if (kind.empty() || kind == "keep")
        return real(size);
    if (kind == "deaf")
        real(size);
    if (kind == "lie" || kind == "deaf")
        return static_cast<ssize_t>(size);
    if (kind == "short" || (kind == "full" && size > 1))
        return real(std::max<std::size_t>(size / 2, 1));
    return fail(kind == "full" ? "ENOSPC" : kind);
}

template <class Read>
ssize_t read(int descriptor, void* into, std::size_t size, Read real)
{
    const std::string file = counted(descriptor);
    const std::string_view kind = file.empty() ? "" : fate("read", file);
    if (kind.empty())
        return real(size);
    if (kind == "short")
        return real(std::max<std::size_t>(size / 2, 1));
    if (kind != "lie")
        return fail(kind);
    std::memset(into, 0, size);
    return static_cast<ssize_t>(size);
}

template <class Real>
int without_data(std::string_view call, const std::string& file, Real real)
{
    const std::string_view kind = file.empty() ? "" : fate(call, file);
    if (kind.empty())
        return real();
    return kind == "lie" ? 0 : fail(kind);
}

int open_file(int folder, const char* path, int flags, mode_t mode)
{
    static const auto real = next<int (*)(int, const char*, int, ...)>("openat");
    const auto open = [=] { return real(folder, path, flags, mode); };
    return without_data("open", counted(std::string{path}), open);
}

int sync_file(const char* name, int descriptor)
{
    const auto real = next<int (*)(int)>(name);
    return without_data("sync", counted(descriptor), [=] { return real(descriptor); });
}

int truncate_file(int descriptor, off64_t size)
{
    static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
    return without_data("truncate", counted(descriptor), [=] { return real(descriptor, size); });
}

ssize_t write_file(int descriptor, const void* data, std::size_t size, off64_t place)
{
    static const auto real = next<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
    return write(descriptor, data, size, [=](std::size_t some) {
        return real(descriptor, data, some, place);
    });
}

ssize_t read_file(int descriptor, void* into, std::size_t size, off64_t place)
{
    static const auto real = next<ssize_t (*)(int, void*, std::size_t, off64_t)>("pread64");
    return read(descriptor, into, size, [=](std::size_t some) {
        return real(descriptor, into, some, place);
    });
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = __OPEN_NEEDS_MODE(flags) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = __OPEN_NEEDS_MODE(flags) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(AT_FDCWD, path, flags, mode);
}

ssize_t write(int descriptor, const void* data, std::size_t size)
{
    static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
    return write(
        descriptor, data, size, [=](std::size_t some) { return real(descriptor, data, some); });
}

ssize_t read(int descriptor, void* into, std::size_t size)
{
    static const auto real = next<ssize_t (*)(int, void*, std::size_t)>("read");
    return read(
        descriptor, into, size, [=](std::size_t some) { return real(descriptor, into, some); });
}

ssize_t pread(int descriptor, void* into, std::size_t size, off_t place)
{
    return read_file(descriptor, into, size, place);
}

ssize_t pread64(int descriptor, void* into, std::size_t size, off64_t place)
{
    return read_file(descriptor, into, size, place);
}

ssize_t pwrite(int descriptor, const void* data, std::size_t size, off_t place)
{
    return write_file(descriptor, data, size, place);
}

ssize_t pwrite64(int descriptor, const void* data, std::size_t size, off64_t place)
{
    return write_file(descriptor, data, size, place);
}

int fsync(int descriptor)
{
    return sync_file("fsync", descriptor);
}

int fdatasync(int descriptor)
{
    return sync_file("fdatasync", descriptor);
}

int posix_fadvise(int descriptor, off_t start, off_t size, int advice) noexcept
{
    static const auto real = next<int (*)(int, off_t, off_t, int)>("posix_fadvise");
    const bool taken = !lies_about_syncs(counted(descriptor));
    return taken ? real(descriptor, start, size, advice) : 0;
}

int sync_file_range(int descriptor, off64_t start, off64_t size, unsigned how)
{
    static const auto real = next<int (*)(int, off64_t, off64_t, unsigned)>("sync_file_range");
    const bool taken = !lies_about_syncs(counted(descriptor));
    return taken ? real(descriptor, start, size, how) : 0;
}

int ftruncate(int descriptor, off_t size) noexcept
{
    return truncate_file(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) noexcept
{
    return truncate_file(descriptor, size);
}

} // extern "C"
