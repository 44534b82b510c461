#include "bus/curve.hpp"
#include "service/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zmq.h>

#include <sstream>
#include <string>
#include <vector>

namespace bus {
namespace {

namespace asio = boost::asio;

/// The gate, asked as ZeroMQ asks it.
class the_gate : public testing::Test {
protected:
    the_gate()
    {
        testing::internal::CaptureStderr();
        asio::co_spawn(io, gate.serve(), [this](const std::exception_ptr&) { ended = true; });
        asking.connect("inproc://zeromq.zap.01");
    }
    ~the_gate() override
    {
        gate.close();
        while (!ended)
            io.run_one();
        testing::internal::GetCapturedStderr();
    }

    /// The tries that the lines written since the last look tell of.
    std::vector<int> tries_told()
    {
        std::istringstream lines{testing::internal::GetCapturedStderr()};
        testing::internal::CaptureStderr();
        std::vector<int> tries;
        for (std::string line; std::getline(lines, line);) {
            const auto told = nlohmann::json::parse(line);
            if (told["event"] == "bus.turned_away")
                tries.push_back(told["tries"]);
        }
        return tries;
    }

    std::vector<std::string> ask(std::vector<std::string> frames)
    {
        std::vector<std::string> reply;
        bool done = false;
        asio::co_spawn(io, exchange(std::move(frames), reply), [&done](const std::exception_ptr&) {
            done = true;
        });
        while (!done)
            io.run_one();
        return reply;
    }

    asio::awaitable<void> exchange(std::vector<std::string> frames, std::vector<std::string>& reply)
    {
        co_await asking.send(std::move(frames));
        auto message = co_await asking.receive();
        reply = std::move(message->frames);
    }

    std::vector<std::string> request(const std::string& mechanism, const std::string& key)
    {
        return {"1.0", "id", "sealpost", "127.0.0.1", "", mechanism, key};
    }

    static std::string octets_of(const std::string& z85)
    {
        std::string octets(32, '\0');
        zmq_z85_decode(reinterpret_cast<std::uint8_t*>(octets.data()), z85.c_str());
        return octets;
    }

    asio::io_context io{1};
    service::log log{"test", service::severity::warning};
    zmq_context context;
    const curve_pair known = curve_pair::generate();
    std::chrono::steady_clock::time_point now{std::chrono::hours{1}};
    zap_gate gate{
        io.get_executor(), context, {{known.public_key, "portal"}}, log, [this] { return now; }};
    zmq_socket asking{io.get_executor(), context, ZMQ_REQ};
    bool ended = false;
};

TEST_F(the_gate, gives_a_listed_key_its_role)
{
    const auto reply = ask(request("CURVE", octets_of(known.public_key)));
    ASSERT_EQ(reply.size(), 6U);
    EXPECT_EQ(reply[1], "id");
    EXPECT_EQ(reply[2], "200");
    EXPECT_EQ(reply[4], "portal");
}

TEST_F(the_gate, turns_everything_else_away)
{
    const std::string key = octets_of(known.public_key);
    const std::string other = octets_of(curve_pair::generate().public_key);
    EXPECT_EQ(ask(request("CURVE", other))[2], "400");
    EXPECT_EQ(ask(request("CURVE", key.substr(0, 31)))[2], "400");
    EXPECT_EQ(ask(request("CURVE", ""))[2], "400");
    EXPECT_EQ(ask(request("PLAIN", key))[2], "400");
    EXPECT_EQ(ask({"1.0", "id", "sealpost", "127.0.0.1", "", "NULL"})[2], "400");
    EXPECT_EQ(ask({"1.0", "id", "elsewhere", "127.0.0.1", "", "CURVE", key})[2], "400");
    EXPECT_EQ(ask({"2.0", "id", "sealpost", "127.0.0.1", "", "CURVE", key})[2], "400");
    EXPECT_EQ(ask({"x"})[2], "400");
    EXPECT_EQ(ask(request("CURVE", other))[4], "") << "and without a role";
}

TEST_F(the_gate, tells_of_those_turned_away_once_in_a_while_and_of_every_one)
{
    const auto stranger = request("CURVE", octets_of(curve_pair::generate().public_key));
    for (int tries = 0; tries < 100; ++tries)
        ask(stranger);
    EXPECT_EQ(tries_told(), std::vector<int>{1}) << "the first at once";
    gate.tell_turned_away();
    EXPECT_EQ(tries_told(), std::vector<int>{}) << "the others when it is time";
    now += seldom_told::between_lines;
    gate.tell_turned_away();
    EXPECT_EQ(tries_told(), std::vector<int>{99});
    now += seldom_told::between_lines;
    gate.tell_turned_away();
    EXPECT_EQ(tries_told(), std::vector<int>{}) << "nobody since";
    ask(stranger);
    EXPECT_EQ(tries_told(), std::vector<int>{1});
}

TEST(a_gate, is_not_built_from_wrong_keys)
{
    asio::io_context io{1};
    service::log log{"test", service::severity::error};
    zmq_context context;
    EXPECT_THROW(
        (zap_gate{
            io.get_executor(),
            context,
            {{"short", "portal"}},
            log,
            std::chrono::steady_clock::now}),
        std::invalid_argument);
}

} // namespace
} // namespace bus
