#include "tests/bus/running_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

namespace bus {
namespace {

/// A broker that sends and sends, and a client whose thread does something else meanwhile.
class a_busy_client : public testing::Test {
protected:
    a_busy_client() : broker(bus.io.get_executor(), context, ZMQ_ROUTER)
    {
        broker.set(ZMQ_ROUTER_MANDATORY, 1); // else what finds no room is dropped
        broker.set(ZMQ_SNDHWM, 1);
        secure_server(broker, bus.server.secret_key);
        broker.bind(endpoint);
        client_settings wanted = bus.settings_of("writer");
        wanted.endpoint = endpoint;
        busy.emplace(own_thread.get_executor(), std::move(wanted), bus.log);
    }
    ~a_busy_client() override
    {
        broker.close();
        busy.reset();
        own_thread.restart();
        own_thread.run();
    }

    /// Whose hello has come.
    std::string peer()
    {
        std::string name;
        boost::asio::co_spawn(
            bus.io, broker.receive(), [&](const std::exception_ptr&, const auto& message) {
                name = message.value().frames.front();
            });
        bus.run_until([&] {
            own_thread.poll();
            own_thread.restart();
            return !name.empty();
        });
        return name;
    }

    boost::asio::awaitable<void> send(std::string to, int messages)
    {
        for (; messages > 0; --messages)
            co_await broker.send({to, std::string(100, 'x')});
    }

    test::running_bus bus;
    const std::string endpoint = "ipc://" + (bus.folder.path() / "sending.sock").string();
    zmq_context context;
    zmq_socket broker;
    boost::asio::io_context own_thread{1};
    std::optional<client> busy;
};

// Else libzmq 4.3.4 ends its process: when a heartbeat is due to a broker that went meanwhile.
TEST_F(a_busy_client, has_all_that_came_taken_in)
{
    const std::string to = peer();
    bus.run(send(to, 5'000));
}

} // namespace
} // namespace bus
