#include "tests/bench/text_peer.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {
namespace {

[[noreturn]] void fail(const std::string& what)
{
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

} // namespace

text_peer::text_peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0)
        fail("cannot connect to port " + std::to_string(port));
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

text_peer::~text_peer()
{
    ::close(socket_);
}

void text_peer::flush()
{
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const ssize_t wrote = ::write(socket_, out_.data() + sent, out_.size() - sent);
        if (wrote <= 0)
            fail("the peer takes nothing");
        sent += static_cast<std::size_t>(wrote);
    }
    out_.clear();
}

std::string_view text_peer::line()
{
    for (;;) {
        const std::size_t end = in_.find("\r\n", place_);
        if (end != std::string::npos) {
            const std::string_view found = std::string_view{in_}.substr(place_, end - place_);
            place_ = end + 2;
            return found;
        }
        receive();
    }
}

std::string_view text_peer::octets(std::size_t size)
{
    while (in_.size() < place_ + size + 2)
        receive();
    const std::string_view found = std::string_view{in_}.substr(place_, size);
    place_ += size + 2;
    return found;
}

void text_peer::receive()
{
    in_.erase(0, place_);
    place_ = 0;
    std::array<char, 256 * 1024> room;
    const ssize_t got = ::read(socket_, room.data(), room.size());
    if (got <= 0)
        fail("the peer is gone");
    in_.append(room.data(), static_cast<std::size_t>(got));
}

} // namespace bench
