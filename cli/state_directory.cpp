#include "cli/state_directory.hpp"

#include "cli/failure.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace cli {

namespace {

/// Longest path of a socket that the kernel takes (sun_path with its final zero).
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

void make_private_folder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error)
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error)
        throw failure(
            "cannot make " + folder.string() + ": " + error.message() +
            "; choose another place with --state DIR");
}

/// A folder that was there for something else: it would become private, and the something else part
/// of what is backed up and removed.
bool belongs_to_others(const std::filesystem::path& folder)
{
    std::error_code error; // what cannot be looked at is told by making it
    const bool nothing =
        !std::filesystem::is_directory(folder, error) || std::filesystem::is_empty(folder, error);
    return !error && !nothing && !std::filesystem::exists(folder / "bus", error) &&
           !std::filesystem::exists(folder / "keys", error);
}

/// A command that just looks who holds the lock has it for a moment: one refusal is not yet an
/// answer.
bool lock_within_moments(int descriptor)
{
    for (int tries = 0; tries < 10; ++tries) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            return true;
        ::usleep(10'000);
    }
    return false;
}

pid_t read_pid(int descriptor)
{
    char digits[16] = {};
    const ssize_t got = ::pread(descriptor, digits, sizeof digits, 0);
    pid_t pid = 0;
    if (got > 0)
        std::from_chars(digits, digits + got, pid);
    return pid;
}

} // namespace

state_directory::state_directory(std::filesystem::path root)
    : root_(std::filesystem::absolute(root).lexically_normal())
{
    // "DIR/" is DIR: what is printed should not depend on how it was typed.
    if (!root_.has_filename() && root_.has_relative_path())
        root_ = root_.parent_path();
}

void state_directory::check_place() const
{
    const std::string socket = bus_socket().string();
    if (socket.size() > longest_socket_path)
        throw failure(
            "the path of the bus's socket, " + socket + ", is longer than the " +
            std::to_string(longest_socket_path) +
            " octets that the kernel allows; choose a shorter --state DIR");
    if (belongs_to_others(root_))
        throw failure(
            root_.string() +
            " holds files, and no state of sealpost: name an empty or a new directory with "
            "--state DIR");
}

void state_directory::create() const
{
    check_place();
    make_private_folder(root_);
    for (const char* name : {"bus", "run", "log", "outside", "outside/keys"})
        make_private_folder(root_ / name);
}

state_directory state_directory::make_temporary()
{
    std::error_code error;
    const std::filesystem::path base = std::filesystem::temp_directory_path(error);
    std::string name =
        ((error ? std::filesystem::path("/tmp") : base) / "sealpost-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw failure(
            "cannot make a temporary state directory " + name + ": " + std::strerror(errno) +
            "; set TMPDIR to a folder that can be written");
    return state_directory(name);
}

void state_directory::remove() const
{
    std::error_code error;
    std::filesystem::remove_all(root_, error);
    if (error)
        throw failure("cannot remove " + root_.string() + ": " + error.message());
}

std::filesystem::path state_directory::existing_database() const
{
    if (!std::filesystem::exists(database()))
        throw failure(
            "there is no log at " + database().string() +
            "; name its state directory with --state DIR");
    return database();
}

std::filesystem::path state_directory::log_of(std::string_view process) const
{
    return root_ / "log" / (std::string(process) + ".log");
}

state_lock::state_lock(const state_directory& state)
{
    // What was put back from a backup has the log and the keys, and no such folder.
    ::mkdir(state.lock().parent_path().c_str(), 0700);
    descriptor_ = ::open(state.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw failure("cannot open " + state.lock().string() + ": " + std::strerror(errno));
    if (!lock_within_moments(descriptor_)) {
        const pid_t other = read_pid(descriptor_);
        ::close(descriptor_);
        throw failure(
            "sealpost already runs on " + state.root().string() + " (process " +
            std::to_string(other) + "); stop it, or name another directory with --state DIR");
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) != 0 ||
        ::pwrite(descriptor_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        ::close(descriptor_);
        throw failure("cannot write " + state.lock().string());
    }
}

state_lock::~state_lock()
{
    ::close(descriptor_);
}

std::optional<pid_t> state_lock::holder(const state_directory& state)
{
    const int descriptor = ::open(state.lock().c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == EACCES)
        throw failure(
            "it cannot be seen whether sealpost runs on " + state.root().string() +
            ": the directory belongs to somebody else; ask as the user who started it");
    if (descriptor < 0)
        return std::nullopt;
    std::optional<pid_t> pid;
    if (::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        pid = read_pid(descriptor);
    ::close(descriptor);
    return pid;
}

} // namespace cli
