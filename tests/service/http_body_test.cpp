#include "tests/service/test_site.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace asio = boost::asio;
using service::boot_clock;
using service::http_limits;
using service::http_request;
using service::http_response;
using namespace std::chrono_literals;

namespace {

/// How a body is to be made, and what came of it.
struct plan {
    std::vector<std::string> pieces;
    std::size_t fail_after = std::numeric_limits<std::size_t>::max(); ///< pieces
    std::optional<boot_clock::time_point> not_after;
    std::size_t expire_after = std::numeric_limits<std::size_t>::max(); ///< pieces

    int ended = 0;
    std::uint64_t octets = 0;
    bool complete = false;
    bool too_slow = false;
};

class planned_source : public service::body_source {
public:
    explicit planned_source(plan& wanted) : plan_(wanted) {}

    asio::awaitable<std::optional<std::string>> next() override
    {
        if (given_ == plan_.fail_after) {
            throw std::runtime_error{"the store failed"};
        }
        if (given_ == plan_.expire_after) {
            plan_.not_after = boot_clock::now() - 1ns;
        }
        if (given_ == plan_.pieces.size()) {
            co_return std::nullopt;
        }
        co_return plan_.pieces[given_++];
    }
    std::optional<boot_clock::time_point> not_after() const override { return plan_.not_after; }
    void ended(std::uint64_t octets, service::body_ending how) override
    {
        ++plan_.ended;
        plan_.octets = octets;
        plan_.complete = how == service::body_ending::complete;
        plan_.too_slow = how == service::body_ending::too_slow;
    }

private:
    plan& plan_;
    std::size_t given_ = 0;
};

asio::awaitable<http_response> planned_response(plan& wanted)
{
    http_response response;
    response.source = std::make_unique<planned_source>(wanted);
    co_return response;
}

class http_body : public http_site_test {
protected:
    http_body() : http_body(http_limits{}) {}
    explicit http_body(const http_limits& limits)
    {
        start(
            {{"GET", "/", "body", [this](const http_request&) { return planned_response(plan_); }}},
            limits);
    }

    /// What follows the head of the response.
    std::string body_of(const std::string& request)
    {
        const std::string response = ask(request);
        const std::size_t end = response.find("\r\n\r\n");
        return end == std::string::npos ? response : response.substr(end + 4);
    }
    void wait_until_ended()
    {
        loop_.wait_for([this] { return plan_.ended != 0; });
    }

    const std::string get_ = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    plan plan_;
};

TEST_F(http_body, is_sent_in_chunks_and_its_end_told)
{
    plan_.pieces = {"hello", "", " world"};
    EXPECT_EQ(body_of(get_), "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    EXPECT_EQ(plan_.ended, 1);
    EXPECT_EQ(plan_.octets, 11U);
    EXPECT_TRUE(plan_.complete);
}

TEST_F(http_body, an_old_client_gets_it_without_chunks)
{
    plan_.pieces = {"hello", " world"};
    EXPECT_EQ(body_of("GET / HTTP/1.0\r\n\r\n"), "hello world");
    EXPECT_TRUE(plan_.complete);
}

TEST_F(http_body, is_not_made_for_head)
{
    plan_.pieces = {"hello"};
    EXPECT_EQ(body_of("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "");
    EXPECT_EQ(plan_.ended, 1);
    EXPECT_EQ(plan_.octets, 0U);
    EXPECT_FALSE(plan_.complete);
}

TEST_F(http_body, a_source_that_fails_leaves_a_truncated_body_and_a_reset_connection)
{
    plan_.pieces = {"hello", "never"};
    plan_.fail_after = 1;
    raw_client peer = client();
    peer.say(get_);
    const std::string heard = peer.hear_all();
    EXPECT_EQ(heard.find("0\r\n\r\n"), std::string::npos) << heard;
    EXPECT_EQ(heard.find("never"), std::string::npos);
    EXPECT_EQ(peer.last_error, asio::error::connection_reset);
    wait_until_ended();
    EXPECT_EQ(plan_.octets, 5U);
    EXPECT_FALSE(plan_.complete);
}

TEST_F(http_body, no_octet_of_it_leaves_after_its_permission)
{
    plan_.pieces = {"secret"};
    plan_.not_after = boot_clock::now() - 1ns;
    raw_client peer = client();
    peer.say(get_);
    EXPECT_EQ(peer.hear_all(), "") << "nor of its head";
    EXPECT_EQ(peer.last_error, asio::error::connection_reset);
    wait_until_ended();
    EXPECT_EQ(plan_.octets, 0U);
    EXPECT_FALSE(plan_.complete);
}

TEST_F(http_body, a_permission_that_ends_between_pieces_cuts_it_there)
{
    plan_.pieces = {"open", "secret"};
    plan_.expire_after = 1;
    EXPECT_EQ(ask(get_).find("secret"), std::string::npos);
    wait_until_ended();
    EXPECT_EQ(plan_.octets, 4U);
    EXPECT_FALSE(plan_.complete);
}

http_limits impatient()
{
    http_limits limits;
    limits.write = 50ms;
    return limits;
}

class impatient_http_body : public http_body {
protected:
    impatient_http_body() : http_body(impatient()) {}
};

TEST_F(impatient_http_body, a_peer_that_stops_reading_is_cut_off_and_the_octets_are_counted)
{
    plan_.pieces.assign(64, std::string(1024 * 1024, 'x'));
    raw_client peer = client();
    peer.say(get_);
    wait_until_ended();
    EXPECT_FALSE(plan_.complete);
    EXPECT_TRUE(plan_.too_slow);
    EXPECT_GT(plan_.octets, 0U);
    EXPECT_LT(plan_.octets, 64U * 1024 * 1024);
}

http_limits demanding()
{
    http_limits limits;
    limits.write = 200ms;
    limits.least_rate = 64 * 1024 * 1024;
    return limits;
}

class demanding_http_body : public http_body {
protected:
    demanding_http_body() : http_body(demanding()) {}

    /// Takes 1 KiB every 5 ms: always some, never enough.
    asio::awaitable<std::uint64_t> sip(service::connection& peer)
    {
        asio::steady_timer pause{loop_.io};
        std::array<char, 1024> octets{};
        std::uint64_t total = 0;
        std::size_t got = 0;
        boost::system::error_code error;
        while (!error && plan_.ended == 0) {
            error = co_await peer.read_some(octets, got, 5s);
            total += got;
            pause.expires_after(5ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
        co_return total;
    }
};

TEST_F(demanding_http_body, a_peer_that_takes_a_little_all_the_time_is_cut_off_as_too_slow)
{
    plan_.pieces.assign(64, std::string(1024 * 1024, 'x'));
    raw_client peer = client();
    peer.say(get_);
    EXPECT_GT(loop_.run(sip(peer.peer())), 0U);
    EXPECT_EQ(plan_.ended, 1);
    EXPECT_TRUE(plan_.too_slow);
    EXPECT_LT(plan_.octets, 64U * 1024 * 1024);
}

TEST_F(demanding_http_body, a_short_one_may_take_its_time)
{
    plan_.pieces = {"hello"};
    EXPECT_EQ(body_of(get_), "5\r\nhello\r\n0\r\n\r\n");
    EXPECT_TRUE(plan_.complete);
}

TEST_F(http_body, a_peer_that_leaves_in_the_middle_is_not_called_too_slow)
{
    plan_.pieces.assign(64, std::string(1024 * 1024, 'x'));
    {
        raw_client peer = client();
        peer.say(get_);
        peer.hear_until("xxx");
        peer.peer().abort();
    }
    wait_until_ended();
    EXPECT_FALSE(plan_.complete);
    EXPECT_FALSE(plan_.too_slow);
}

TEST_F(http_body, a_large_one_arrives_whole)
{
    plan_.pieces.assign(20, std::string(100'000, 'x'));
    plan_.not_after = boot_clock::now() + 60s;
    const std::string body = body_of(get_);
    EXPECT_EQ(std::count(body.begin(), body.end(), 'x'), 2'000'000);
    EXPECT_TRUE(body.ends_with("0\r\n\r\n"));
    EXPECT_EQ(plan_.octets, 2'000'000U);
}

} // namespace
