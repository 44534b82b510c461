#include "service/connection.hpp"
#include "service/listening.hpp"
#include "service/tls.hpp"
#include "tests/service/test_certificate.hpp"
#include "tests/service/test_loop.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <array>

namespace asio = boost::asio;
using boost::system::error_code;
using service::boot_clock;
using service::connection;
using namespace std::chrono_literals;

namespace {

asio::awaitable<std::unique_ptr<connection>> accept_one(asio::ip::tcp::acceptor& acceptor)
{
    co_return service::make_connection(co_await acceptor.async_accept(asio::use_awaitable));
}

class connections : public testing::Test {
protected:
    connections()
    {
        asio::ip::tcp::acceptor acceptor =
            service::open_acceptor(loop_.io.get_executor(), "127.0.0.1:0");
        const std::string address = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        error_code error;
        client_ = loop_.run(service::connect(address, error, 5s));
        EXPECT_FALSE(error) << error.message();
        server_ = loop_.run(accept_one(acceptor));
    }

    /// Everything until the end of the stream, or the error that ended it.
    std::string read_all(connection& from, error_code& error)
    {
        std::string all;
        error = {};
        std::array<char, 8192> octets{};
        while (!error) {
            std::size_t got = 0;
            error = loop_.run(from.read_some(octets, got, 5s));
            all.append(octets.data(), got);
        }
        return all;
    }

    error_code write(connection& to, std::string_view octets, std::size_t& written)
    {
        return loop_.run(to.write(octets, written, 5s));
    }

    test_loop loop_;
    std::unique_ptr<connection> client_;
    std::unique_ptr<connection> server_;
    error_code server_handshake_;
    error_code client_handshake_;
};

void start_tls(
    test_loop& loop,
    connection& server,
    connection& client,
    const test_certificate& files,
    const std::filesystem::path& authority,
    const std::string& host,
    error_code& at_server,
    error_code& at_client)
{
    auto for_server = service::make_tls_server(files.certificate, files.key);
    auto for_client = service::make_tls_client(authority);
    bool done = false;
    asio::co_spawn(
        loop.io,
        server.start_tls_server(for_server, 5s),
        [&](const std::exception_ptr&, error_code error) {
            at_server = error;
            done = true;
        });
    at_client = loop.run(client.start_tls_client(for_client, host, 5s));
    if (at_client) {
        client.abort();
    }
    loop.wait_for([&done] { return done; });
}

TEST_F(connections, octets_arrive_and_the_end_is_seen)
{
    std::size_t written = 0;
    EXPECT_FALSE(write(*client_, "hello", written));
    EXPECT_EQ(written, 5U);
    loop_.run(client_->shut_down(0ms));
    error_code error;
    EXPECT_EQ(read_all(*server_, error), "hello");
    EXPECT_EQ(error, asio::error::eof);
    EXPECT_EQ(server_->remote_address(), "127.0.0.1");
}

TEST_F(connections, a_read_ends_at_its_deadline_and_the_connection_stays_usable)
{
    std::array<char, 10> octets{};
    std::size_t got = 0;
    EXPECT_EQ(loop_.run(server_->read_some(octets, got, 10ms)), asio::error::timed_out);
    EXPECT_EQ(got, 0U);
    std::size_t written = 0;
    EXPECT_FALSE(write(*server_, "421 too slow\r\n", written));
    loop_.run(server_->shut_down(0ms));
    error_code error;
    EXPECT_EQ(read_all(*client_, error), "421 too slow\r\n");
}

TEST_F(connections, a_write_to_a_peer_that_does_not_read_ends_at_its_deadline)
{
    const std::string much(32 * 1024 * 1024, 'x');
    std::size_t written = 0;
    EXPECT_EQ(loop_.run(server_->write(much, written, 50ms)), asio::error::timed_out);
    EXPECT_LT(written, much.size());
}

TEST_F(connections, a_write_ends_at_its_deadline_although_the_peer_reads_on)
{
    bool ended = false;
    error_code result;
    std::size_t written = 0;
    const std::string much(256 * 1024 * 1024, 'x');
    asio::co_spawn(
        loop_.io,
        server_->write(much, written, 20ms),
        [&](const std::exception_ptr&, error_code error) {
            result = error;
            ended = true;
        });
    std::array<char, 65536> octets{};
    while (!ended) {
        std::size_t got = 0;
        loop_.run(client_->read_some(octets, got, 50ms));
    }
    EXPECT_EQ(result, asio::error::timed_out);
    EXPECT_LT(written, much.size());
}

TEST_F(connections, a_pending_read_can_be_ended)
{
    std::array<char, 10> octets{};
    std::size_t got = 0;
    bool ended = false;
    error_code result;
    asio::co_spawn(
        loop_.io,
        server_->read_some(octets, got, 10s),
        [&](const std::exception_ptr&, error_code error) {
            result = error;
            ended = true;
        });
    loop_.settle();
    EXPECT_FALSE(ended);
    server_->cancel_read();
    loop_.wait_for([&ended] { return ended; });
    EXPECT_EQ(result, asio::error::operation_aborted);
}

TEST_F(connections, no_octet_leaves_after_the_permission_has_ended)
{
    std::size_t written = 7;
    const auto past = boot_clock::now() - 1ns;
    EXPECT_EQ(loop_.run(server_->write("secret", written, 5s, past)), asio::error::timed_out);
    EXPECT_EQ(written, 0U);
    server_->abort();
    error_code error;
    EXPECT_EQ(read_all(*client_, error), "");
    EXPECT_EQ(error, asio::error::connection_reset);
}

TEST_F(connections, a_blocked_write_is_given_up_when_the_permission_ends)
{
    const std::string much(32 * 1024 * 1024, 'x');
    std::size_t written = 0;
    const auto began = std::chrono::steady_clock::now();
    const auto soon = boot_clock::now() + 50ms;
    EXPECT_EQ(loop_.run(server_->write(much, written, 30s, soon)), asio::error::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    EXPECT_LT(written, much.size());
}

TEST_F(connections, a_permission_that_is_renewed_lets_a_blocked_write_go_on)
{
    const std::string much(8 * 1024 * 1024, 'x');
    std::size_t written = 0;
    error_code result;
    bool done = false;
    const connection::permission renewed = [] { return std::optional{boot_clock::now() + 50ms}; };
    asio::co_spawn(
        loop_.io,
        server_->write_while(much, written, 10s, renewed),
        [&](const std::exception_ptr&, error_code error) {
            result = error;
            done = true;
        });
    const auto blocked_for_long = std::chrono::steady_clock::now() + 500ms;
    loop_.wait_for([&] { return std::chrono::steady_clock::now() > blocked_for_long; });
    EXPECT_FALSE(done);
    std::array<char, 65536> octets{};
    std::size_t total = 0;
    while (total < much.size()) {
        std::size_t got = 0;
        ASSERT_FALSE(loop_.run(client_->read_some(octets, got, 5s)));
        total += got;
    }
    loop_.wait_for([&done] { return done; });
    EXPECT_FALSE(result) << result.message();
    EXPECT_EQ(written, much.size());
}

TEST_F(connections, tls_carries_octets_both_ways_and_ends_in_order)
{
    const test_folder folder;
    const test_certificate files{folder};
    start_tls(
        loop_,
        *server_,
        *client_,
        files,
        files.certificate,
        "localhost",
        server_handshake_,
        client_handshake_);
    ASSERT_FALSE(client_handshake_) << client_handshake_.message();
    ASSERT_FALSE(server_handshake_) << server_handshake_.message();
    EXPECT_TRUE(server_->is_tls());
    std::size_t written = 0;
    const std::string page(40'000, 'p');
    EXPECT_FALSE(write(*server_, page, written));
    EXPECT_EQ(written, page.size());
    loop_.run(server_->shut_down(1ms));
    error_code error;
    EXPECT_EQ(read_all(*client_, error), page);
    EXPECT_EQ(error, asio::error::eof) << error.message();
}

TEST_F(connections, nothing_of_a_tls_record_leaves_after_the_permission_has_ended)
{
    const test_folder folder;
    const test_certificate files{folder};
    start_tls(
        loop_,
        *server_,
        *client_,
        files,
        files.certificate,
        "",
        server_handshake_,
        client_handshake_);
    ASSERT_FALSE(client_handshake_);
    std::size_t written = 0;
    const auto past = boot_clock::now() - 1ns;
    EXPECT_EQ(loop_.run(server_->write("secret", written, 5s, past)), asio::error::timed_out);
    EXPECT_EQ(written, 0U);
    EXPECT_EQ(write(*server_, "more", written), asio::error::broken_pipe)
        << "an encrypted record is lost, so nothing may follow it";
}

TEST_F(connections, a_certificate_of_another_authority_or_host_is_refused)
{
    const test_folder folder;
    const test_certificate files{folder};
    const test_certificate stranger{folder, "stranger"};
    start_tls(
        loop_,
        *server_,
        *client_,
        files,
        stranger.certificate,
        "localhost",
        server_handshake_,
        client_handshake_);
    EXPECT_TRUE(client_handshake_);
    EXPECT_TRUE(server_handshake_);
}

TEST_F(connections, a_certificate_of_another_host_is_refused)
{
    const test_folder folder;
    const test_certificate files{folder};
    start_tls(
        loop_,
        *server_,
        *client_,
        files,
        files.certificate,
        "example.org",
        server_handshake_,
        client_handshake_);
    EXPECT_TRUE(client_handshake_);
}

TEST_F(connections, a_handshake_with_a_silent_peer_ends_at_its_deadline)
{
    const test_folder folder;
    const test_certificate files{folder};
    auto tls = service::make_tls_server(files.certificate, files.key);
    EXPECT_EQ(loop_.run(server_->start_tls_server(tls, 10ms)), asio::error::timed_out);
}

TEST(connecting, a_closed_port_and_a_wrong_address_are_errors)
{
    test_loop loop;
    error_code error;
    std::string closed;
    {
        const auto acceptor = service::open_acceptor(loop.io.get_executor(), "127.0.0.1:0");
        closed = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    }
    EXPECT_EQ(loop.run(service::connect(closed, error, 5s)), nullptr);
    EXPECT_EQ(error, asio::error::connection_refused);
    EXPECT_EQ(loop.run(service::connect("no-such-host.invalid:25", error, 5s)), nullptr);
    EXPECT_TRUE(error);
    EXPECT_EQ(loop.run(service::connect("nonsense", error, 5s)), nullptr);
    EXPECT_EQ(error, asio::error::invalid_argument);
}

TEST(connecting, a_name_is_looked_up)
{
    test_loop loop;
    const auto acceptor = service::open_acceptor(loop.io.get_executor(), "127.0.0.1:0");
    const std::string port = std::to_string(acceptor.local_endpoint().port());
    error_code error;
    EXPECT_NE(loop.run(service::connect("localhost:" + port, error, 5s)), nullptr);
    EXPECT_FALSE(error) << error.message();
}

TEST(tls, wrong_files_are_named)
{
    const test_folder folder;
    const test_certificate one{folder, "one"};
    const test_certificate other{folder, "other"};
    try {
        service::make_tls_server(one.certificate, other.key);
        FAIL() << "a key of another certificate was accepted";
    } catch (const std::runtime_error& wrong) {
        EXPECT_NE(std::string{wrong.what()}.find("other.key"), std::string::npos) << wrong.what();
    }
    EXPECT_THROW(service::make_tls_server(folder.path() / "no.pem", one.key), std::runtime_error);
    EXPECT_THROW(service::make_tls_client(folder.path() / "no.pem"), std::runtime_error);
}

} // namespace
