#include "service/http_server.hpp"
#include "tests/service/test_site.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using service::http_limits;
using service::http_request;
using service::http_response;
using service::http_route;
using namespace std::chrono_literals;

namespace {

asio::awaitable<http_response> echo(const http_request& request)
{
    co_return service::text_response(
        200, request.method + " " + request.path + " [" + request.body + "]\n");
}

asio::awaitable<http_response> fail(const http_request&)
{
    throw std::runtime_error{"the secret reason"};
    co_return http_response{};
}

asio::awaitable<http_response> read_form(const http_request& request)
{
    co_return service::text_response(200, request.form().at("code"));
}

asio::awaitable<http_response> split(const http_request& request)
{
    co_return service::redirect_response(request.query.at("to"));
}

asio::awaitable<http_response> framed(const http_request&)
{
    http_response response = service::html_response(200, "<p>hello</p>");
    response.headers.emplace_back("content-security-policy", "default-src 'self'");
    co_return response;
}

std::vector<http_route> routes()
{
    return {
        {"GET", "/m/{token}", "message", echo},
        {"POST", "/m/{token}", "act", echo, 1000},
        {"GET", "/fail", "fail", fail},
        {"POST", "/form", "form", read_form},
        {"GET", "/split", "split", split},
        {"GET", "/framed", "framed", framed},
    };
}

std::string get(const std::string& target)
{
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

std::string status_of(const std::string& response)
{
    return response.starts_with("HTTP/1.1 ") ? response.substr(9, 3) : "none: " + response;
}

class http_server : public http_site_test {
protected:
    http_server() { start(routes()); }
};

TEST_F(http_server, serves_a_request_with_the_security_headers)
{
    const std::string response = ask(get("/m/a%20b"));
    EXPECT_EQ(status_of(response), "200");
    EXPECT_TRUE(response.ends_with("\r\n\r\nGET /m/a b []\n")) << response;
    for (const char* const header :
         {"X-Content-Type-Options: nosniff",
          "Referrer-Policy: no-referrer",
          "X-Frame-Options: DENY",
          "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
          "Cache-Control: no-store",
          "Cross-Origin-Opener-Policy: same-origin",
          "Cross-Origin-Resource-Policy: same-origin",
          "Connection: close",
          "Content-Length: 14"}) {
        EXPECT_NE(response.find(std::string{"\r\n"} + header + "\r\n"), std::string::npos)
            << header;
    }
    EXPECT_EQ(response.find("Strict-Transport-Security"), std::string::npos) << "not over TLS";
}

TEST_F(http_server, leaves_a_header_alone_that_the_handler_set)
{
    const std::string response = ask(get("/framed"));
    EXPECT_NE(response.find("content-security-policy: default-src 'self'"), std::string::npos);
    EXPECT_EQ(response.find("default-src 'none'"), std::string::npos);
}

TEST_F(http_server, requests_sent_together_are_answered_in_order)
{
    raw_client peer = client();
    peer.say(
        "GET /m/1 HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /m/2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
        get("/m/3"));
    const std::string all = peer.hear_all();
    const std::size_t first = all.find("GET /m/1 []\n");
    const std::size_t second = all.find("POST /m/2 [abc]\n");
    const std::size_t third = all.find("GET /m/3 []\n");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos) << all;
}

TEST_F(http_server, a_connection_is_kept_and_octets_may_come_one_by_one)
{
    raw_client peer = client();
    peer.say("GET /m/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(peer.hear_until("/m/1 []\n").starts_with("HTTP/1.1 200"));
    for (const char c : std::string{"\r\nGET /m/2 HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        peer.say(std::string_view{&c, 1});
    }
    EXPECT_TRUE(peer.hear_until("/m/2 []\n").starts_with("HTTP/1.1 200"));
}

TEST_F(http_server, head_gets_the_head_only)
{
    const std::string response = ask("HEAD /m/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(response), "200");
    EXPECT_NE(response.find("Content-Length: 13"), std::string::npos) << response;
    EXPECT_TRUE(response.ends_with("\r\n\r\n"));
}

TEST_F(http_server, a_chunked_body_is_put_together)
{
    const std::string response =
        ask("POST /m/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            "\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nHost: trailer\r\n\r\n");
    EXPECT_TRUE(response.ends_with("[abcde]\n")) << response;
}

TEST_F(http_server, a_body_is_limited_by_its_route_announced_or_not)
{
    EXPECT_EQ(
        status_of(ask("POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")), "413");
    EXPECT_EQ(
        status_of(
            ask("POST /m/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3e9\r\n" +
                std::string(1001, 'x') + "\r\n0\r\n\r\n")),
        "413");
    EXPECT_EQ(
        status_of(
            ask("POST /m/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                "Content-Length: 1000\r\n\r\n" +
                std::string(1000, 'x'))),
        "200");
}

TEST_F(http_server, says_continue_only_when_the_body_is_wanted)
{
    raw_client peer = client();
    peer.say("POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(peer.hear_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.say("ok");
    EXPECT_TRUE(peer.hear_until("[ok]\n").starts_with("HTTP/1.1 200"));
    EXPECT_EQ(
        status_of(ask("POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
                      "Expect: 100-continue\r\n\r\n")),
        "413");
    EXPECT_EQ(
        status_of(ask("POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: tea\r\n\r\n")),
        "417");
}

TEST_F(http_server, malformed_requests_are_refused)
{
    const std::vector<std::pair<std::string, std::string>> refused{
        {"\x16\x03\x01\x02 hello TLS\r\n\r\n", "400"},
        {"GET /m/a HTTP/1.1\r\n\r\n", "400"},
        {"GET /m/a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
        {"GET /m/../fail HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"GET /m/%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"GET /m/a HTTP/3.0\r\nHost: x\r\n\r\n", "505"},
        {"BREW /m/a HTTP/1.1\r\nHost: x\r\n\r\n", "501"},
        {"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "501"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
         "400"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n",
         "400"},
        {"POST /m/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400"},
        {"GET /m/a HTTP/1.1\nHost: x\n\n", "400"},
        {"GET /m/a HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n", "400"},
    };
    for (const auto& [request, status] : refused) {
        EXPECT_EQ(status_of(ask(request)), status) << request;
    }
}

TEST_F(http_server, long_request_lines_and_heads_are_refused_as_they_arrive)
{
    EXPECT_EQ(status_of(ask("GET /m/" + std::string(9000, 'a'))), "414");
    EXPECT_EQ(
        status_of(ask("GET /m/a HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'a'))), "431");
    std::string many = "GET /m/a HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 2000; ++i) {
        many += "X-Field: abcdefgh\r\n";
    }
    EXPECT_EQ(status_of(ask(many)), "431");
}

TEST_F(http_server, unknown_paths_and_methods_are_told_apart)
{
    EXPECT_EQ(status_of(ask(get("/nowhere"))), "404");
    const std::string response =
        ask("DELETE /m/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(response), "405");
    EXPECT_NE(response.find("\r\nAllow: GET, HEAD, POST\r\n"), std::string::npos) << response;
}

TEST_F(http_server, the_page_of_an_error_can_be_chosen)
{
    server_->on_error(
        [](unsigned status) { return service::problem_response(status, "no \"such\" thing"); });
    const std::string response = ask(get("/nowhere"));
    const auto problem = nlohmann::json::parse(response.substr(response.find("\r\n\r\n")));
    EXPECT_EQ(problem.at("status"), 404);
    EXPECT_EQ(problem.at("title"), "Not Found");
    EXPECT_EQ(problem.at("detail"), "no \"such\" thing");
}

TEST_F(http_server, a_failing_handler_answers_500_without_the_reason)
{
    const std::string response = ask(get("/fail"));
    EXPECT_EQ(status_of(response), "500");
    EXPECT_EQ(response.find("secret"), std::string::npos);
}

TEST_F(http_server, a_wrongly_encoded_form_is_a_bad_request)
{
    const std::string head = "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                             "Content-Type: application/x-www-form-urlencoded\r\n";
    EXPECT_EQ(status_of(ask(head + "Content-Length: 8\r\n\r\ncode=%FF")), "400");
    EXPECT_TRUE(ask(head + "Content-Length: 7\r\n\r\ncode=12").ends_with("12"));
}

TEST_F(http_server, a_header_that_would_smuggle_in_another_becomes_500)
{
    const std::string response = ask(get("/split?to=/%0D%0ASet-Cookie:%20a=b"));
    EXPECT_EQ(status_of(response), "500");
    EXPECT_EQ(response.find("Set-Cookie"), std::string::npos);
    EXPECT_NE(ask(get("/split?to=/m/a")).find("\r\nLocation: /m/a\r\n"), std::string::npos);
}

TEST_F(http_server, an_old_client_is_answered_and_the_connection_closed)
{
    const std::string response = ask("GET /m/a HTTP/1.0\r\n\r\n");
    EXPECT_EQ(status_of(response), "200");
    EXPECT_NE(response.find("Connection: close"), std::string::npos);
}

TEST_F(http_server, the_log_names_the_route_and_never_the_path)
{
    ask(get("/m/SECRETTOKEN?code=SECRETCODE"));
    ask(get("/nowhere/SECRETTOKEN"));
    stop();
    const std::string lines = testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    EXPECT_EQ(lines.find("SECRET"), std::string::npos) << lines;
    const std::size_t at = lines.find("\"event\":\"http.request\"");
    ASSERT_NE(at, std::string::npos);
    const std::size_t begin = lines.rfind('\n', at) + 1;
    const auto line = nlohmann::json::parse(lines.substr(begin, lines.find('\n', at) - begin));
    EXPECT_EQ(line.at("route"), "message");
    EXPECT_EQ(line.at("status"), 200);
    EXPECT_TRUE(line.at("milliseconds").is_number());
    EXPECT_NE(lines.find(R"("route":"none","method":"GET","status":404)"), std::string::npos);
}

TEST_F(http_server, stopping_ends_idle_connections_and_refuses_new_ones)
{
    raw_client peer = client();
    peer.say("GET /m/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    peer.hear_until("/m/1 []\n");
    stop();
    EXPECT_EQ(peer.hear_all(), "");
    boost::system::error_code error;
    EXPECT_EQ(loop_.run(service::connect(address_, error, 5s)), nullptr);
}

class limited_http_server : public http_site_test {
protected:
    void start_with(const http_limits& limits) { start(routes(), limits); }
};

TEST_F(limited_http_server, a_request_that_takes_too_long_is_answered_408)
{
    http_limits limits;
    limits.request = 30ms;
    start_with(limits);
    EXPECT_EQ(status_of(ask("GET /m/a HTTP/1.1\r\nHost")), "408");
    EXPECT_EQ(
        status_of(ask("POST /m/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")), "408");
}

TEST_F(limited_http_server, an_idle_connection_is_closed_without_a_word)
{
    http_limits limits;
    limits.idle = 20ms;
    start_with(limits);
    EXPECT_EQ(ask(""), "");
    EXPECT_EQ(ask("\r\n\r\n"), "") << "empty lines are no request";
}

TEST_F(limited_http_server, too_many_connections_of_an_address_are_closed)
{
    http_limits limits;
    limits.connections_per_address = 1;
    start_with(limits);
    {
        raw_client first = client();
        first.say("GET /m/1 HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_NE(first.hear_until("/m/1 []\n"), "");
        EXPECT_EQ(ask(get("/m/2")), "");
    }
    std::string again;
    loop_.wait_for([this, &again] {
        again = ask(get("/m/3"));
        return !again.empty();
    });
    EXPECT_EQ(status_of(again), "200") << "the first one has left";
}

} // namespace
