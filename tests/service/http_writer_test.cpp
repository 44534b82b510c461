#include "service/http_writer.hpp"
#include "tests/service/test_loop.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <string>

namespace asio = boost::asio;
using boost::system::error_code;
using service::http_framing;
using service::http_response;
using std::chrono::milliseconds;

namespace {

/// A peer that takes octets until its patience ends.
class taking_connection : public service::connection {
public:
    explicit taking_connection(std::size_t patience = SIZE_MAX) : left_(patience) {}

    asio::awaitable<error_code> read_some(std::span<char>, std::size_t& got, milliseconds) override
    {
        got = 0;
        co_return error_code{asio::error::eof};
    }
    asio::awaitable<error_code> write(
        std::string_view octets,
        std::size_t& written,
        milliseconds,
        std::optional<service::boot_clock::time_point> not_after) override
    {
        const bool permitted = !not_after || service::boot_clock::now() <= *not_after;
        written = permitted ? std::min(octets.size(), left_) : 0;
        left_ -= written;
        taken.append(octets.substr(0, written));
        co_return written == octets.size() ? error_code{} : error_code{asio::error::timed_out};
    }
    asio::awaitable<error_code> start_tls_server(asio::ssl::context&, milliseconds) override
    {
        co_return error_code{};
    }
    asio::awaitable<error_code> start_tls_client(
        asio::ssl::context&, const std::string&, milliseconds) override
    {
        co_return error_code{};
    }
    bool is_tls() const override { return false; }
    std::string remote_address() const override { return "192.0.2.1"; }
    asio::awaitable<void> shut_down(milliseconds) override { co_return; }
    void abort() override { aborted = true; }
    void cancel_read() override {}

    std::string taken;
    bool aborted = false;

private:
    std::size_t left_;
};

/// Gives the same piece again and again.
class repeating_source : public service::body_source {
public:
    repeating_source(std::string piece, int times, std::string& told)
        : piece_(std::move(piece)), left_(times), told_(told)
    {}

    asio::awaitable<std::optional<std::string>> next() override
    {
        co_return left_-- > 0 ? std::optional{piece_} : std::nullopt;
    }
    std::optional<service::boot_clock::time_point> not_after() const override { return until; }
    void ended(std::uint64_t octets, service::body_ending how) override
    {
        using service::body_ending;
        const char* const word = how == body_ending::complete   ? " all;"
                                 : how == body_ending::too_slow ? " too slow;"
                                                                : " cut;";
        told_ += std::to_string(octets) + word;
    }

    std::optional<service::boot_clock::time_point> until;

private:
    std::string piece_;
    int left_;
    std::string& told_;
};

class http_writer : public testing::Test {
protected:
    service::http_written write(taking_connection& peer, const http_response& response)
    {
        return loop_.run(service::write_response(peer, response, framing_, pace_));
    }
    http_response streamed(std::string piece, int times)
    {
        http_response response;
        response.source = std::make_unique<repeating_source>(std::move(piece), times, told_);
        return response;
    }
    static std::string body_in(const std::string& taken)
    {
        return taken.substr(taken.find("\r\n\r\n") + 4);
    }

    test_loop loop_;
    http_framing framing_{false, true, true};
    service::pace_limit pace_{milliseconds{1000}, 0};
    std::string told_;
};

TEST_F(http_writer, a_body_has_its_length_and_the_connection_its_fate)
{
    taking_connection kept;
    const auto written = write(kept, service::text_response(200, "hello"));
    EXPECT_TRUE(written.complete);
    EXPECT_EQ(written.octets, 5U);
    EXPECT_TRUE(kept.taken.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(kept.taken.find("\r\nContent-Length: 5\r\n"), std::string::npos);
    EXPECT_NE(kept.taken.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(kept.taken.find("Connection"), std::string::npos);
    framing_.keep_alive = false;
    taking_connection closed;
    write(closed, service::text_response(200, "hello"));
    EXPECT_NE(closed.taken.find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST_F(http_writer, some_statuses_have_no_body_and_no_length)
{
    for (const unsigned status : {204U, 304U}) {
        taking_connection peer;
        write(peer, service::text_response(status, "not sent"));
        EXPECT_TRUE(peer.taken.ends_with("\r\n\r\n")) << peer.taken;
        EXPECT_EQ(peer.taken.find("Content-Length"), std::string::npos);
    }
}

TEST_F(http_writer, every_cookie_keeps_its_own_line)
{
    http_response response = service::redirect_response("/m/x");
    response.headers.emplace_back("Set-Cookie", "a=1");
    response.headers.emplace_back("Set-Cookie", "b=2");
    taking_connection peer;
    write(peer, response);
    EXPECT_TRUE(peer.taken.starts_with("HTTP/1.1 303 See Other\r\n"));
    EXPECT_NE(peer.taken.find("\r\nSet-Cookie: a=1\r\n"), std::string::npos);
    EXPECT_NE(peer.taken.find("\r\nSet-Cookie: b=2\r\n"), std::string::npos);
}

TEST_F(http_writer, a_big_piece_is_cut_into_chunks_of_one_handing_over)
{
    taking_connection peer;
    const auto written = write(peer, streamed(std::string(40'000, 'x'), 1));
    EXPECT_TRUE(written.complete);
    EXPECT_EQ(written.octets, 40'000U);
    const std::string body = body_in(peer.taken);
    EXPECT_TRUE(body.starts_with("3ff0\r\nxxx")) << body.substr(0, 12);
    EXPECT_TRUE(body.ends_with("\r\n0\r\n\r\n"));
    EXPECT_EQ(told_, "40000 all;");
    EXPECT_FALSE(peer.aborted);
}

TEST_F(http_writer, octets_of_the_body_are_counted_without_its_framing)
{
    taking_connection whole;
    write(whole, streamed("12345678", 1));
    const std::size_t head = whole.taken.find("\r\n\r\n") + 4;
    const std::size_t framing = std::string_view{"8\r\n"}.size();
    told_.clear();
    taking_connection in_the_middle{head + framing + 3};
    EXPECT_FALSE(write(in_the_middle, streamed("12345678", 1)).complete);
    taking_connection in_the_framing{head + 1};
    EXPECT_FALSE(write(in_the_framing, streamed("12345678", 1)).complete);
    EXPECT_EQ(told_, "3 cut;0 cut;");
    EXPECT_TRUE(in_the_middle.aborted);
    EXPECT_TRUE(in_the_framing.aborted);
}

TEST_F(http_writer, a_source_is_told_even_when_the_head_did_not_get_through)
{
    taking_connection peer{10};
    EXPECT_FALSE(write(peer, streamed("hello", 3)).complete);
    EXPECT_EQ(told_, "0 cut;");
}

TEST_F(http_writer, not_even_the_head_leaves_after_the_permission)
{
    for (const bool head_only : {false, true}) {
        framing_.head_only = head_only;
        auto source = std::make_unique<repeating_source>("secret", 1, told_);
        source->until = service::boot_clock::now() - milliseconds{1};
        http_response response;
        response.source = std::move(source);
        response.headers.emplace_back("Content-Disposition", "attachment; filename=secret.pdf");
        taking_connection peer;
        EXPECT_FALSE(write(peer, response).complete);
        EXPECT_EQ(peer.taken, "");
    }
    EXPECT_EQ(told_, "0 cut;0 cut;");
}

TEST_F(http_writer, a_missing_final_chunk_means_incomplete)
{
    taking_connection whole;
    write(whole, streamed("hello", 1));
    told_.clear();
    taking_connection peer{whole.taken.size() - 1};
    EXPECT_FALSE(write(peer, streamed("hello", 1)).complete);
    EXPECT_EQ(told_, "5 cut;");
}

TEST(http_headers, security_headers_are_added_where_they_are_missing)
{
    http_response response = service::html_response(200, "");
    response.headers.emplace_back("CACHE-CONTROL", "max-age=60");
    service::add_security_headers(response, true);
    int cache_controls = 0;
    bool strict_transport = false;
    for (const auto& [name, value] : response.headers) {
        cache_controls += name == "CACHE-CONTROL" || name == "Cache-Control" ? 1 : 0;
        strict_transport = strict_transport || name == "Strict-Transport-Security";
    }
    EXPECT_EQ(cache_controls, 1);
    EXPECT_TRUE(strict_transport);
}

TEST(http_headers, what_would_break_the_head_is_found)
{
    const auto valid = [](std::string_view name, std::string_view value) {
        http_response response;
        response.headers.emplace_back(name, value);
        return service::has_valid_headers(response);
    };
    EXPECT_TRUE(valid("Content-Disposition", "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe"));
    EXPECT_TRUE(valid("X-Tab", "a\tb"));
    EXPECT_FALSE(valid("", "x"));
    EXPECT_FALSE(valid("Bad Name", "x"));
    EXPECT_FALSE(valid("X:", "x"));
    EXPECT_FALSE(valid("X", "a\r\nSet-Cookie: b"));
    EXPECT_FALSE(valid("X", "a\nb"));
    EXPECT_FALSE(valid("X", std::string_view{"a\0b", 3}));
}

TEST(http_responses, problems_are_json_whatever_the_detail_holds)
{
    const http_response problem = service::problem_response(409, "\"two\"\nlines");
    EXPECT_EQ(problem.status, 409U);
    EXPECT_EQ(
        problem.body,
        R"({"type":"about:blank","title":"Conflict","status":409,"detail":"\"two\"\nlines"})");
    EXPECT_EQ(problem.headers.front().second, "application/problem+json");
    EXPECT_EQ(service::problem_response(404, "").body.find("detail"), std::string::npos);
}

} // namespace
