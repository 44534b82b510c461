#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// Binds and listens with backlog 512. Throws system_error naming the address.
boost::asio::ip::tcp::acceptor open_acceptor(
    const boost::asio::any_io_executor& executor, const std::string& host_and_port);

/// The listening sockets that the parent passed down as systemd does: descriptors from 3 on,
/// LISTEN_FDS of them, called as LISTEN_FDNAMES says, meant for LISTEN_PID (for any child when that
/// is not set).
class handed_down_sockets {
public:
    /// Takes them from the environment and removes the variables, so that no child takes them
    /// again. Throws runtime_error when a descriptor is no listening TCP socket.
    static handed_down_sockets from_environment();

    handed_down_sockets() = default;
    handed_down_sockets(handed_down_sockets&&) noexcept = default;
    handed_down_sockets& operator=(handed_down_sockets&&) = delete;
    ~handed_down_sockets();

    /// The one of that name, once.
    std::optional<boost::asio::ip::tcp::acceptor> take(
        const boost::asio::any_io_executor& executor, std::string_view name);

private:
    std::map<std::string, int, std::less<>> descriptors_;
};

} // namespace service
