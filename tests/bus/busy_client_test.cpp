#include "tests/bus/running_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

#include <optional>

namespace bus {
namespace {

/// A broker that sends and sends, and a client whose thread does something else meanwhile.
class a_busy_client : public testing::Test {
protected:
    a_busy_client()
    {
        broker.emplace(bus.io.get_executor(), context, ZMQ_ROUTER);
        broker->set(ZMQ_ROUTER_MANDATORY, 1); // else what finds no room is dropped
        broker->set(ZMQ_SNDHWM, 1);
        secure_server(*broker, bus.server.secret_key);
        broker->bind(endpoint);
        client_settings wanted = bus.settings_of("writer");
        wanted.endpoint = endpoint;
        busy.emplace(own_thread.get_executor(), std::move(wanted), bus.log);
    }
    ~a_busy_client() override
    {
        busy.reset();
        own_thread.restart();
        own_thread.run();
    }

    /// Whose hello has come.
    std::string peer()
    {
        std::string name;
        boost::asio::co_spawn(
            bus.io, broker->receive(), [&](const std::exception_ptr&, const auto& message) {
                name = message.value().frames.front();
            });
        bus.run_until([&] {
            own_thread.poll();
            own_thread.restart();
            return !name.empty();
        });
        return name;
    }

    /// Until it has taken nothing for a while.
    void send_all_it_takes(const std::string& to)
    {
        for (int refused = 0; refused < 20;) {
            refused = broker->try_send({to, std::string(100, 'x')}) == send_result::sent
                          ? 0
                          : refused + 1;
            bus.io.run_one_for(std::chrono::milliseconds{refused == 0 ? 0 : 10});
        }
    }
    void let_pass(std::chrono::milliseconds time)
    {
        boost::asio::steady_timer pause{bus.io, time};
        bool over = false;
        pause.async_wait([&over](const boost::system::error_code&) { over = true; });
        bus.run_until([&over] { return over; });
    }

    test::running_bus bus;
    const std::string endpoint = "ipc://" + (bus.folder.path() / "sending.sock").string();
    zmq_context context;
    std::optional<zmq_socket> broker;
    boost::asio::io_context own_thread{1};
    std::optional<client> busy;
};

// With heartbeats of ZeroMQ's, each second, libzmq 4.3.4 ends its process.
TEST_F(a_busy_client, outlives_a_broker_that_went_while_more_of_it_waited)
{
    send_all_it_takes(peer());
    broker.reset();
    let_pass(std::chrono::milliseconds{1500});
}

} // namespace
} // namespace bus
