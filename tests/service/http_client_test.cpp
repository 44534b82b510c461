#include "service/http_client.hpp"
#include "service/tls.hpp"
#include "tests/service/test_certificate.hpp"
#include "tests/service/test_site.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace asio = boost::asio;
using service::http_answer;
using service::http_request;
using service::http_response;
using namespace std::chrono_literals;

namespace {

asio::awaitable<http_response> echo_name(const http_request& request)
{
    http_response response = service::text_response(
        201, request.method + " " + request.header("x-name") + " [" + request.body + "]");
    response.headers.emplace_back("X-Reply", "yes");
    co_return response;
}

/// Answers one connection with fixed octets and closes it.
asio::awaitable<void> answer_once(asio::ip::tcp::acceptor acceptor, std::string octets)
{
    auto peer = service::make_connection(co_await acceptor.async_accept(asio::use_awaitable));
    std::array<char, 4096> request{};
    std::size_t count = 0;
    co_await peer->read_some(request, count, 5s);
    co_await peer->write(octets, count, 5s);
    co_await peer->shut_down(100ms);
}

class http_client : public http_site_test {
protected:
    http_client()
    {
        tls_ = std::make_shared<asio::ssl::context>(
            service::make_tls_server(files_.certificate, files_.key));
    }

    http_answer call(
        const std::string& method, const std::string& url, const std::string& body = {})
    {
        return loop_.run(
            service::http_call(method, url, {{"X-Name", "bob"}}, body, for_client_, 5s));
    }
    /// What the client makes of a server that says exactly this.
    http_answer call_to_server_that_says(
        const std::string& octets, const std::string& method = "GET")
    {
        auto acceptor = service::open_acceptor(loop_.io.get_executor(), "127.0.0.1:0");
        const std::string url =
            "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
        asio::co_spawn(
            loop_.io, answer_once(std::move(acceptor), octets), [](const std::exception_ptr&) {});
        return call(method, url);
    }

    test_folder folder_;
    test_certificate files_{folder_};
    asio::ssl::context for_client_ = service::make_tls_client(files_.certificate);
};

TEST_F(http_client, talks_to_a_server_over_verified_tls)
{
    start({{"POST", "/v1/messages/{id}", "messages", echo_name}});
    const http_answer answer = call("POST", "https://" + address_ + "/v1/messages/1?x=y", "hello");
    ASSERT_FALSE(answer.error) << answer.error.message();
    EXPECT_EQ(answer.status, 201U);
    EXPECT_EQ(answer.body, "POST bob [hello]");
    EXPECT_EQ(answer.headers.at("x-reply"), "yes");
    EXPECT_EQ(answer.headers.at("strict-transport-security"), "max-age=31536000");
}

TEST_F(http_client, refuses_a_certificate_of_an_unknown_authority)
{
    start({{"GET", "/", "home", echo_name}});
    const test_certificate stranger{folder_, "stranger"};
    for_client_ = service::make_tls_client(stranger.certificate);
    EXPECT_TRUE(call("GET", "https://" + address_ + "/").error);
}

TEST_F(http_client, understands_every_framing_of_a_body)
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    EXPECT_EQ(call_to_server_that_says(ok + "Content-Length: 2\r\n\r\nhi").body, "hi");
    EXPECT_EQ(
        call_to_server_that_says(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
            .body,
        "hi");
    EXPECT_EQ(call_to_server_that_says(ok + "\r\nhi").body, "hi");
    EXPECT_EQ(call_to_server_that_says("HTTP/1.1 100 Continue\r\n\r\n" + ok + "\r\nhi").body, "hi");
    const http_answer head = call_to_server_that_says(ok + "Content-Length: 2\r\n\r\n", "HEAD");
    EXPECT_FALSE(head.error);
    EXPECT_EQ(head.headers.at("content-length"), "2");
}

TEST_F(http_client, a_truncated_or_hostile_answer_is_an_error)
{
    for (const char* const octets :
         {"",
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
          "220 mail.example.org ESMTP\r\n"}) {
        EXPECT_TRUE(call_to_server_that_says(octets).error) << octets;
    }
}

TEST_F(http_client, a_wrong_url_or_header_is_an_error_before_anything_is_sent)
{
    for (const char* const url :
         {"ftp://127.0.0.1/",
          "127.0.0.1:80",
          "http://",
          "http://127.0.0.1:99999/",
          "http://127.0.0.1:9/a\r\nX: y"}) {
        EXPECT_EQ(call("GET", url).error, asio::error::invalid_argument) << url;
    }
}

} // namespace
