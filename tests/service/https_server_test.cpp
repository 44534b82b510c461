#include "service/tls.hpp"
#include "tests/service/test_certificate.hpp"
#include "tests/service/test_site.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <vector>

namespace asio = boost::asio;
using service::http_limits;
using service::http_request;
using service::http_response;
using namespace std::chrono_literals;

namespace {

asio::awaitable<http_response> hello(const http_request&)
{
    co_return service::text_response(200, "hello");
}

/// Answers when the bell rings, or is cancelled with its session.
asio::awaitable<http_response> wait_for(asio::steady_timer& bell, bool& unwound)
{
    struct at_end {
        bool& unwound;
        ~at_end() { unwound = true; }
    } const note{unwound};
    boost::system::error_code rung;
    co_await bell.async_wait(asio::redirect_error(asio::use_awaitable, rung));
    co_return service::text_response(200, "at last");
}

class https_server : public http_site_test {
protected:
    https_server()
    {
        tls_ = std::make_shared<asio::ssl::context>(
            service::make_tls_server(files_.certificate, files_.key));
    }
    /// Shakes hands; an error says why not.
    boost::system::error_code secure(raw_client& peer)
    {
        return loop_.run(peer.peer().start_tls_client(for_client_, "localhost", 5s));
    }

    test_folder folder_;
    test_certificate files_{folder_};
    asio::ssl::context for_client_ = service::make_tls_client(files_.certificate);
    const std::string get_ = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
};

TEST_F(https_server, tells_browsers_to_stay_with_tls_and_closes_in_order)
{
    start({{"GET", "/", "home", hello}});
    raw_client peer = client();
    ASSERT_FALSE(secure(peer));
    peer.say(get_);
    const std::string response = peer.hear_all();
    EXPECT_NE(response.find("Strict-Transport-Security: max-age="), std::string::npos);
    EXPECT_EQ(peer.last_error, asio::error::eof) << peer.last_error.message();
}

TEST_F(https_server, a_peer_that_does_not_shake_hands_keeps_nobody_waiting)
{
    http_limits limits;
    limits.request = 1s;
    start({{"GET", "/", "home", hello}}, limits);
    raw_client silent = client();
    raw_client peer = client();
    ASSERT_FALSE(secure(peer));
    peer.say(get_);
    EXPECT_TRUE(peer.hear_all().ends_with("hello"));
    EXPECT_EQ(silent.hear_all(), "") << "closed at its deadline";
}

TEST_F(https_server, a_peer_that_speaks_plain_http_learns_nothing)
{
    start({{"GET", "/", "home", hello}});
    EXPECT_EQ(ask(get_).find("hello"), std::string::npos);
}

class draining_server : public http_site_test {
protected:
    draining_server()
    {
        start({{"GET", "/", "slow", [this](const http_request&) {
                    asked_ = true;
                    return wait_for(bell_, unwound_);
                }}});
    }
    void stop_after(raw_client& peer, std::chrono::milliseconds patience)
    {
        peer.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        loop_.wait_for([this] { return asked_; });
        server_->stop(patience);
    }

    asio::steady_timer bell_{loop_.io, asio::steady_timer::time_point::max()};
    bool asked_ = false;
    bool unwound_ = false;
};

TEST_F(draining_server, a_request_that_is_being_served_is_finished)
{
    raw_client peer = client();
    stop_after(peer, 5s);
    loop_.settle();
    bell_.cancel();
    const std::string response = peer.hear_all();
    EXPECT_TRUE(response.ends_with("at last")) << response;
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
    loop_.wait_for([this] { return stopped_; });
}

TEST_F(draining_server, a_request_that_takes_longer_than_the_patience_is_cancelled)
{
    raw_client peer = client();
    stop_after(peer, 20ms);
    loop_.wait_for([this] { return stopped_; });
    EXPECT_TRUE(unwound_);
    EXPECT_EQ(peer.hear_all().find("at last"), std::string::npos);
}

/// Lets the process run out of descriptors while it lives.
class few_descriptors {
public:
    explicit few_descriptors(rlim_t most)
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit few{most, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;

private:
    rlimit before_{};
};

TEST_F(http_site_test, out_of_descriptors_it_backs_off_and_recovers)
{
#if __has_feature(undefined_behavior_sanitizer) || __has_feature(address_sanitizer)
    GTEST_SKIP()
        << "SKIP: the sanitizer itself opens pipes, and ends the process without descriptors";
#endif
    start({{"GET", "/", "home", hello}});
    raw_client waiting = client(); // the kernel has accepted it; the server has not
    {
        const few_descriptors none{0};
        const auto later = std::chrono::steady_clock::now() + 120ms;
        loop_.wait_for([later] { return std::chrono::steady_clock::now() > later; });
    }
    waiting.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(waiting.hear_all().ends_with("hello"));
}

TEST_F(http_site_test, the_whole_server_has_a_limit_of_connections_too)
{
    http_limits limits;
    limits.connections = 2;
    start({{"GET", "/", "home", hello}}, limits);
    raw_client first = client();
    raw_client second = client();
    first.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    second.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(first.hear_until("hello").ends_with("hello"));
    EXPECT_TRUE(second.hear_until("hello").ends_with("hello"));
    EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "");
}

} // namespace
