#include "bus/self_test.hpp"

#include "bus/curve.hpp"
#include "bus/zmq_socket.hpp"

#include <boost/asio/steady_timer.hpp>
#include <zmq.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace bus {
namespace asio = boost::asio;

namespace {

constexpr const char* reports = "inproc://self-test";

/// A client with a fresh key, and what ZeroMQ reports about its connection.
struct intruder {
    explicit intruder(asio::any_io_executor executor)
        : socket(executor, context, ZMQ_DEALER), monitor(executor, context, ZMQ_PAIR)
    {}
    /// libzmq leaks a report that is on its way to a monitor that is gone, so the reports end
    /// first.
    ~intruder() { zmq_socket_monitor(socket.raw(), nullptr, 0); }
    intruder(const intruder&) = delete;
    intruder& operator=(const intruder&) = delete;

    void connect(const std::string& endpoint, const std::string& server_public_key)
    {
        secure_client(socket, server_public_key, curve_pair::generate());
        if (zmq_socket_monitor(socket.raw(), reports, ZMQ_EVENT_ALL) != 0)
            throw std::runtime_error("cannot watch a ZeroMQ socket");
        monitor.connect(reports);
        socket.connect(endpoint);
    }

    zmq_context context;
    zmq_socket socket;
    zmq_socket monitor;
};

std::uint16_t event_in(const zmq_message& report)
{
    std::uint16_t event = 0;
    if (!report.frames.empty() && report.frames[0].size() >= sizeof event)
        std::memcpy(&event, report.frames[0].data(), sizeof event);
    return event;
}

} // namespace

asio::awaitable<void> prove_unknown_key_is_refused(
    asio::any_io_executor executor,
    std::string endpoint,
    std::string server_public_key,
    std::chrono::milliseconds patience)
{
    const auto unknown = std::make_shared<intruder>(executor);
    unknown->connect(endpoint, server_public_key);
    asio::steady_timer deadline{executor, patience};
    deadline.async_wait([unknown](boost::system::error_code error) {
        if (!error)
            unknown->monitor.close();
    });
    while (const auto report = co_await unknown->monitor.receive()) {
        const std::uint16_t event = event_in(*report);
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            co_return;
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            throw std::runtime_error("self-test: the bus let an unknown key in");
    }
    throw std::runtime_error("self-test: the bus did not turn an unknown key away in time");
}

} // namespace bus
