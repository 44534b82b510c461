#pragma once

#include "bus/locked_octets.hpp"
#include "bus/seldom_told.hpp"
#include "bus/zmq_socket.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace service {
class log;
}

/// Who is who on the bus: CURVE keys and the ZAP gate (RFC 26, 27). CURVE alone lets any client key
/// in.
namespace bus {

/// A CURVE pair in Z85, 40 characters each.
struct curve_pair {
    std::string public_key;
    locked_octets secret_key;

    static curve_pair generate();
};

/// 40 characters of Z85.
bool is_curve_key(std::string_view text);

void secure_server(zmq_socket& socket, const locked_octets& secret_key);
void secure_client(zmq_socket& socket, const std::string& server_key, const curve_pair& own);

/// Decides on every connection of the context's CURVE servers: a public key that is listed becomes
/// its role (the "User-Id" of each message), everything else is turned away. Must exist before any
/// server binds.
class zap_gate {
public:
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    /// `roles`: public key in Z85 to role.
    zap_gate(
        boost::asio::any_io_executor executor,
        zmq_context& context,
        const std::map<std::string, std::string>& roles,
        service::log& log,
        clock now);

    boost::asio::awaitable<void> serve(); ///< until close()
    void close() { requests_.close(); }

    /// Writes a line about those turned away since the last one, if it is time for it; to be called
    /// now and then, so that the last ones are told of, too.
    void tell_turned_away();

private:
    std::vector<std::string> decide(const std::vector<std::string>& request);

    zmq_socket requests_;
    std::map<std::string, std::string> roles_; ///< by the key's 32 octets
    service::log& log_;
    clock now_;
    seldom_told turned_away_;
    std::string last_address_; ///< of the last of them
};

} // namespace bus
