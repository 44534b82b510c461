#include "bus/peers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

#include <optional>

namespace bus {
namespace {

constexpr std::size_t most_of_answers = 1024UL * 1024; ///< octets

/// A broker's socket without keys, and one that has spoken to it.
class the_peers : public testing::Test {
protected:
    the_peers()
    {
        router.set(ZMQ_ROUTER_MANDATORY, 1);
        router.bind("inproc://bus"); // what is not received is not taken
        other.emplace(io.get_executor(), context, ZMQ_DEALER);
        other->connect("inproc://bus");
        EXPECT_EQ(other->try_send({"hello"}), send_result::sent);
        name = receive(router).at(0);
        all.heard(name, now);
    }

    std::vector<std::string> receive(zmq_socket& at)
    {
        std::vector<std::string> frames;
        boost::asio::co_spawn(io, at.receive(), [&frames](const std::exception_ptr&, auto message) {
            frames = std::move(message->frames);
        });
        while (frames.empty())
            run_one();
        return frames;
    }
    void run_one()
    {
        io.restart();
        io.run_one_for(std::chrono::milliseconds{100});
    }

    /// Answers until the connection is found to be gone.
    std::vector<std::string> answer_until_gone()
    {
        for (;;) {
            all.send(name, {"ok", 1, {}, "body"});
            all.send_all();
            if (auto gone = all.forget_gone(); !gone.empty())
                return gone;
            run_one();
        }
    }

    boost::asio::io_context io{1};
    zmq_context context;
    zmq_socket router{io.get_executor(), context, ZMQ_ROUTER};
    std::optional<zmq_socket> other;
    peers::time_point now{std::chrono::hours{1}};
    std::string name;
    int dropped = 0;
    peers all{
        io.get_executor(), router, most_of_answers, [this](const std::string&) { ++dropped; }};
};

TEST_F(the_peers, are_told_all_of_one_turn_in_one_message)
{
    for (std::uint64_t request = 1; request <= 3; ++request)
        all.send(name, {"ok", request, {}, "body"});
    const auto packets = from_bundle(receive(*other).at(0)).value();
    ASSERT_EQ(packets.size(), 3U);
    EXPECT_EQ(packets[2].request, 3U);
    EXPECT_TRUE(all.forget_gone().empty());
}

TEST_F(the_peers, that_take_no_answers_have_a_bound_in_octets)
{
    const std::string body(2000, 'x');
    int answers = 0;
    const auto answer = [&](int count, const std::shared_ptr<const void>& until_taken = {}) {
        for (int number = 0; number < count; ++number) {
            all.send(name, {"ok", 1, {}, body}, until_taken);
            all.send_all();
            answers += dropped == 0 ? 1 : 0;
        }
    };
    answer(1000);
    EXPECT_GT(dropped, 0);
    EXPECT_LE(answers * body.size(), most_of_answers);
    EXPECT_GT(answers * body.size(), most_of_answers - most_of_answers / 10);
    for (; answers > 0; --answers)
        receive(*other);
    dropped = 0;
    answer(100);
    EXPECT_EQ(dropped, 0) << "they were taken";
}

TEST_F(the_peers, that_take_no_events_have_a_bound_in_octets_whatever_they_say)
{
    const std::string body(100'000, 'x');
    std::size_t sent = 0;
    const auto send = [&] { return all.send_now(name, {"events", 1, {}, body}); };
    while (send() == send_result::sent)
        sent += body.size();
    EXPECT_GE(sent, most_of_answers);
    EXPECT_LT(sent, most_of_answers + body.size());
    receive(*other);
    EXPECT_EQ(send(), send_result::sent) << "one was taken";
}

TEST_F(the_peers, may_have_more_that_counts_elsewhere)
{
    const auto share = std::make_shared<const int>(0);
    for (int number = 0; number < 20; ++number)
        all.send(name, {"ok", 1, {}, std::string(limit::chunk, 'x')}, share);
    all.send_all();
    EXPECT_EQ(dropped, 0);
    EXPECT_GT(share.use_count(), 1);
    for (int number = 0; number < 20;)
        number += static_cast<int>(from_bundle(receive(*other).at(0)).value().size());
    EXPECT_EQ(share.use_count(), 1);
}

TEST_F(the_peers, whose_connection_is_gone_are_forgotten)
{
    other.reset();
    EXPECT_EQ(answer_until_gone(), std::vector<std::string>{name});
    EXPECT_TRUE(all.forget_gone().empty());
    EXPECT_TRUE(all.forget_silent(now).empty()) << "it is known no more";
}

TEST_F(the_peers, that_speak_again_are_not_gone)
{
    other.reset();
    while (all.send_now(name, {"events", 1, {}, "body"}) != send_result::unreachable)
        run_one();
    all.heard(name, now);
    EXPECT_TRUE(all.forget_gone().empty());
}

TEST_F(the_peers, that_are_silent_are_forgotten)
{
    EXPECT_TRUE(all.forget_silent(now - std::chrono::seconds{1}).empty());
    EXPECT_EQ(all.forget_silent(now), std::vector<std::string>{name});
}

} // namespace
} // namespace bus
