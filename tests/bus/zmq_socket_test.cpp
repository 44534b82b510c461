#include "bus/zmq_socket.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

namespace bus {
namespace {

namespace asio = boost::asio;

class two_sockets : public testing::Test {
protected:
    two_sockets()
    {
        one.set(ZMQ_SNDHWM, 50);
        one.set(ZMQ_RCVHWM, 50);
        other.set(ZMQ_SNDHWM, 50);
        other.set(ZMQ_RCVHWM, 50);
        one.bind("tcp://127.0.0.1:*");
        other.connect(one.bound_endpoint());
    }

    asio::awaitable<void> send_many(zmq_socket& from, int count)
    {
        for (int number = 0; number < count; ++number) {
            std::vector<std::string> frames{std::to_string(number), "second frame"};
            EXPECT_TRUE(co_await from.send(std::move(frames)));
        }
    }

    asio::awaitable<void> receive_many(zmq_socket& at, int count)
    {
        for (int number = 0; number < count; ++number) {
            const auto message = co_await at.receive();
            if (!message || message->frames.size() != 2 ||
                message->frames[0] != std::to_string(number)) {
                ADD_FAILURE() << "at message " << number;
                co_return;
            }
        }
    }

    void spawn(asio::awaitable<void> what)
    {
        ++running;
        asio::co_spawn(io, std::move(what), [this](const std::exception_ptr& failed) {
            EXPECT_FALSE(failed);
            --running;
        });
    }

    void run()
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (running > 0 && std::chrono::steady_clock::now() < deadline)
            io.run_one_for(std::chrono::seconds{1});
        EXPECT_EQ(running, 0) << "a wake-up was lost";
    }

    asio::io_context io{1};
    zmq_context context;
    zmq_socket one{io.get_executor(), context, ZMQ_PAIR};
    zmq_socket other{io.get_executor(), context, ZMQ_PAIR};
    int running = 0;
};

TEST_F(two_sockets, carry_messages_both_ways_at_once_through_short_queues)
{
    constexpr int count = 20'000;
    spawn(send_many(one, count));
    spawn(send_many(other, count));
    spawn(receive_many(one, count));
    spawn(receive_many(other, count));
    run();
}

TEST_F(two_sockets, carry_large_frames_whole_though_they_had_to_wait)
{
    constexpr int count = 500;
    const auto octets_of_number = [](int number) {
        return std::string(20'000, static_cast<char>('a' + number % 26));
    };
    spawn([](zmq_socket& from, auto octets) -> asio::awaitable<void> {
        for (int number = 0; number < count; ++number) {
            std::vector<std::string> frames{octets(number)};
            EXPECT_TRUE(co_await from.send(std::move(frames)));
        }
    }(one, octets_of_number));
    spawn([](zmq_socket& at, auto octets) -> asio::awaitable<void> {
        for (int number = 0; number < count; ++number) {
            const auto message = co_await at.receive();
            EXPECT_EQ(message->frames.at(0), octets(number)) << number;
        }
    }(other, octets_of_number));
    run();
}

TEST_F(two_sockets, end_waiting_when_they_are_closed)
{
    bool ended = false;
    asio::co_spawn(
        io,
        one.receive(),
        [&ended](const std::exception_ptr&, const std::optional<zmq_message>& message) {
            ended = !message;
        });
    asio::post(io, [this] { one.close(); });
    while (!ended)
        io.run_one();
    EXPECT_EQ(one.try_send({"x"}), send_result::unreachable);
}

TEST_F(two_sockets, say_full_instead_of_waiting)
{
    send_result result = send_result::sent;
    for (int number = 0; number < 10'000 && result == send_result::sent; ++number)
        result = one.try_send({std::string(100'000, 'x')});
    EXPECT_EQ(result, send_result::full);
}

TEST_F(two_sockets, let_go_of_what_is_kept_when_the_frame_has_left)
{
    std::weak_ptr<const int> watched;
    {
        const auto kept = std::make_shared<const int>(1);
        watched = kept;
        while (one.try_send({"0", "second frame"}, kept) != send_result::sent)
            io.run_one_for(std::chrono::milliseconds{10});
    }
    spawn(receive_many(other, 1));
    run();
    EXPECT_TRUE(watched.expired());
}

TEST_F(two_sockets, keep_what_is_kept_while_the_frame_waits)
{
    while (one.try_send({"0", "second frame"}) != send_result::sent)
        io.run_one_for(std::chrono::milliseconds{10}); // until they are connected
    std::weak_ptr<const int> last_sent;
    for (int refused = 0; refused < 20;) { // until nothing moves any more: nobody reads
        auto kept = std::make_shared<const int>(1);
        const std::weak_ptr<const int> watched = kept;
        if (one.try_send({std::string(100'000, 'x')}, std::move(kept)) == send_result::sent) {
            last_sent = watched;
            refused = 0;
        } else {
            EXPECT_TRUE(watched.expired()) << "it was not sent";
            ++refused;
            io.run_one_for(std::chrono::milliseconds{10});
        }
    }
    EXPECT_FALSE(last_sent.expired()) << "nobody has read it";
}

TEST_F(two_sockets, keep_a_bounded_number_of_frames)
{
    spawn([](zmq_socket& from) -> asio::awaitable<void> {
        std::vector<std::string> frames(1000, "x");
        co_await from.send(std::move(frames));
    }(other));
    spawn([](zmq_socket& at) -> asio::awaitable<void> {
        const auto message = co_await at.receive();
        EXPECT_EQ(message->frames.size(), zmq_socket::most_frames);
    }(one));
    run();
}

TEST_F(two_sockets, name_the_endpoint_that_fails)
{
    try {
        other.bind(one.bound_endpoint());
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string{error.what()}.find("127.0.0.1"), std::string::npos);
    }
}

} // namespace
} // namespace bus
