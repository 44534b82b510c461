#include "bus/bundle.hpp"
#include "bus/client.hpp"
#include "tests/bus/running_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

namespace bus {
namespace {

using test::batch_of;
using test::make_event;

/// A broker that says hello and nothing more, like one that was stopped; but each subscription
/// ends, like that of one which cannot read its disk.
class a_mute_broker : public testing::Test {
protected:
    a_mute_broker() : socket(bus.io.get_executor(), context, ZMQ_ROUTER)
    {
        secure_server(socket, bus.server.secret_key);
        socket.bind(endpoint);
        boost::asio::co_spawn(bus.io, greet(), [this](const std::exception_ptr&) { ended = true; });
    }
    ~a_mute_broker() override
    {
        socket.close();
        bus.run_until([this] { return ended; });
    }

    boost::asio::awaitable<void> greet()
    {
        while (auto message = co_await socket.receive()) {
            const auto asked = from_bundle(message->frames[1]);
            bundle said = asked ? answer_to(asked->front()) : bundle{};
            if (!said.empty())
                socket.try_send({message->frames[0], said.take()});
        }
    }
    bundle answer_to(const packet& asked)
    {
        bundle said;
        if (asked.verb == verb::hello) {
            ++hellos;
            said.add({std::string{verb::ok}, asked.request, {}, encode(greeting{})});
        } else if (asked.verb == verb::subscribe) {
            ++subscribes;
            said.add({std::string{verb::ok}, asked.request, {}, octet_writer{}.u64(1).take()});
            const refusal unreadable{wire_error::disk, "the bus cannot read its disk"};
            said.add({std::string{verb::end}, asked.request, {}, encode(unreadable)});
        } else if (asked.verb == verb::append) {
            ++appends;
        }
        return said;
    }

    client_settings settings()
    {
        client_settings wanted = bus.settings_of("writer");
        wanted.endpoint = endpoint;
        wanted.timeout = std::chrono::milliseconds{300};
        return wanted;
    }

    test::running_bus bus;
    const std::string endpoint = "ipc://" + (bus.folder.path() / "mute.sock").string();
    zmq_context context;
    zmq_socket socket;
    bool ended = false;
    int hellos = 0;
    int appends = 0;
    int subscribes = 0;
};

TEST_F(a_mute_broker, leaves_the_outcome_unknown)
{
    client& writer = bus.make_client(settings());
    bus.run(writer.ready());
    EXPECT_EQ(bus.run(writer.append(batch_of({make_event("a")}))).error, errc::unknown_outcome);
    EXPECT_EQ(bus.run(writer.head()).error, errc::unknown_outcome);
    EXPECT_EQ(appends, 1)
        << "nothing is sent twice"; // but a head, which keeps the connection alive
}

TEST_F(a_mute_broker, is_noticed_by_a_client_that_asks_nothing)
{
    client& writer = bus.make_client(settings());
    bus.run(writer.ready());
    const auto start = std::chrono::steady_clock::now();
    bus.run_until([&] { return !writer.connected(); });
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{8});
    bus.run_until([&] { return hellos == 2; });
}

TEST_F(a_mute_broker, is_not_asked_without_a_pause_for_what_it_cannot_read)
{
    client& follower = bus.make_client(settings());
    bus.run(follower.ready());
    bool over = false;
    boost::asio::co_spawn(
        bus.io,
        follower.subscribe(1, {}, [](const stored_event&) {}),
        [&over](const std::exception_ptr&, auto) { over = true; });
    const auto start = std::chrono::steady_clock::now();
    bus.run_until([&] { return subscribes == 5; });
    EXPECT_GT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{300});
    follower.close();
    bus.run_until([&over] { return over; });
}

} // namespace
} // namespace bus
