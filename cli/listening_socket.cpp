#include "cli/listening_socket.hpp"

#include "cli/failure.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cli {

namespace {

constexpr int backlog = 512;

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

bool bind_and_listen(int descriptor, std::uint16_t& port)
{
    const int yes = 1;
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(descriptor, generic, size) != 0 || ::listen(descriptor, backlog) != 0 ||
        ::getsockname(descriptor, generic, &size) != 0)
        return false;
    port = ntohs(address.sin_port);
    return true;
}

} // namespace

listening_socket::listening_socket(std::string name, std::uint16_t port, std::string_view option)
    : name_(std::move(name)),
      descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      port_(port)
{
    if (descriptor_ >= 0 && bind_and_listen(descriptor_, port_))
        return;
    const std::string reason = std::strerror(errno);
    if (descriptor_ >= 0)
        ::close(descriptor_);
    throw failure(
        "cannot listen on 127.0.0.1:" + std::to_string(port) + " for " + name_ + ": " + reason +
        "; choose another port with " + std::string(option) +
        " N (0: a free one) or use --ephemeral");
}

listening_socket::~listening_socket()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

listening_socket::listening_socket(listening_socket&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      port_(other.port_)
{}

} // namespace cli
