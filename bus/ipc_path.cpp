#include "bus/ipc_path.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace bus {
namespace {

std::optional<std::string> path_of(std::string_view endpoint)
{
    constexpr std::string_view ipc = "ipc://";
    if (!endpoint.starts_with(ipc))
        return std::nullopt;
    return std::string{endpoint.substr(ipc.size())};
}

bool somebody_listens(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the socket is too long: " + path);
    std::copy(path.begin(), path.end(), address.sun_path);
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        throw std::system_error(errno, std::generic_category(), "cannot make a socket");
    const bool connected =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const bool busy = connected || errno == EAGAIN;
    ::close(probe);
    return busy;
}

} // namespace

void clear_stale_socket(const std::string& endpoint)
{
    const auto path = path_of(endpoint);
    struct stat status {};
    if (!path || ::lstat(path->c_str(), &status) != 0)
        return;
    if (!S_ISSOCK(status.st_mode))
        throw std::runtime_error(*path + " is in the way: it is no socket");
    if (somebody_listens(*path))
        throw std::runtime_error("another process listens at " + *path + ": stop it first");
    ::unlink(path->c_str());
}

void restrict_socket(const std::string& endpoint)
{
    const auto path = path_of(endpoint);
    if (path && ::chmod(path->c_str(), 0600) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot protect " + *path);
}

void remove_socket(const std::string& endpoint)
{
    if (const auto path = path_of(endpoint))
        ::unlink(path->c_str());
}

} // namespace bus
