#pragma once

#include "gateway/smtp_receiver.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace service {
class log;
}

namespace gateway {

/// Limits of SMTP in; defaults from RFC 5321 section 4.5.3 and current practice.
struct smtp_limits {
    std::uint64_t message_octets =
        25 * 1024 * 1024;         ///< SIZE (RFC 1870), enforced while DATA arrives
    std::size_t recipients = 100; ///< then 452 4.5.3
    std::size_t command_octets = 2048;
    std::size_t connections = 512; ///< then 421
    std::size_t connections_per_address = 50;
    std::size_t errors = 20; ///< then 421
    std::chrono::milliseconds idle{300'000};
    std::chrono::milliseconds data{600'000}; ///< whole DATA
};

/// An SMTP server over a receiver: greeting, EHLO with STARTTLS (when `tls` is set), SIZE,
/// PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES.
class smtp_listener {
public:
    smtp_listener(
        boost::asio::ip::tcp::acceptor acceptor,
        std::string host_name, ///< in the greeting and in EHLO
        std::shared_ptr<boost::asio::ssl::context> tls,
        smtp_limits limits,
        smtp_receiver& receiver,
        service::log& log);
    ~smtp_listener();

    boost::asio::awaitable<void> serve(); ///< until stop()
    /// Idle sessions get 421, running DATA may finish within `patience`.
    void stop(std::chrono::milliseconds patience = std::chrono::milliseconds{5000});

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace gateway
