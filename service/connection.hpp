#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace service {

/// CLOCK_BOOTTIME: goes on while the machine sleeps, untouched by clock changes. Grants are
/// measured by it.
struct boot_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<boot_clock>;
    static constexpr bool is_steady = true;
    static time_point now();
};

/// What is left until `due`, never negative: the deadline of one step of what has to end by then.
std::chrono::milliseconds time_left(std::chrono::steady_clock::time_point due);

/// A TCP or TLS stream behind one type, so that only one file pays for compiling Asio's streams.
/// One reader and one writer at a time, one thread. Every operation ends with an error after its
/// deadline.
class connection {
public:
    virtual ~connection() = default;

    /// Reads at least one octet; error eof at the end. `deadline` from now.
    virtual boost::asio::awaitable<boost::system::error_code> read_some(
        std::span<char> into, std::size_t& got, std::chrono::milliseconds deadline) = 0;
    /// Writes all. With `not_after` no octet is handed to the kernel later than that: the clock is
    /// looked at before each write of at most 16 KiB, and a blocked write is given up. `written`
    /// counts octets handed over.
    virtual boost::asio::awaitable<boost::system::error_code> write(
        std::string_view octets,
        std::size_t& written,
        std::chrono::milliseconds deadline,
        std::optional<boot_clock::time_point> not_after = std::nullopt) = 0;
    /// Until when octets may be handed to the kernel; nullopt: for ever.
    using permission = std::function<std::optional<boot_clock::time_point>()>;
    /// As write(), but `not_after` is asked anew right before each handing over, so that a
    /// permission that is renewed meanwhile lets a slow peer go on. Over TLS a record of which only
    /// a part was handed over counts as written whole, since a determined peer could read that
    /// part.
    virtual boost::asio::awaitable<boost::system::error_code> write_while(
        std::string_view octets,
        std::size_t& written,
        std::chrono::milliseconds deadline,
        const permission& not_after);
    /// Server side of STARTTLS on a plain connection; the caller has made sure that nothing is
    /// buffered.
    virtual boost::asio::awaitable<boost::system::error_code> start_tls_server(
        boost::asio::ssl::context& tls, std::chrono::milliseconds deadline) = 0;
    /// Client side; `host` is checked against the certificate when not empty.
    virtual boost::asio::awaitable<boost::system::error_code> start_tls_client(
        boost::asio::ssl::context& tls,
        const std::string& host,
        std::chrono::milliseconds deadline) = 0;
    virtual bool is_tls() const = 0;
    virtual std::string remote_address() const = 0;

    /// Orderly: TLS close_notify where possible, then FIN.
    virtual boost::asio::awaitable<void> shut_down(std::chrono::milliseconds deadline) = 0;
    /// At once, with RST: what the kernel has not sent is dropped.
    virtual void abort() = 0;
    /// Ends a pending read with operation_aborted; for draining idle sessions.
    virtual void cancel_read() = 0;
};

/// Takes the socket over: no delay, and a send buffer that the kernel bounds to 64 KiB, so that
/// what was handed over before a revoke but has not left yet stays small.
std::unique_ptr<connection> make_connection(boost::asio::ip::tcp::socket socket);
/// Resolves and connects; error in `error`, nullptr returned.
boost::asio::awaitable<std::unique_ptr<connection>> connect(
    const std::string& host_and_port,
    boost::system::error_code& error,
    std::chrono::milliseconds deadline);

} // namespace service
