#include "cli/failure.hpp"
#include "cli/run_to_end.hpp"
#include "cli/send.hpp"
#include "cli/smtp_exchange.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <map>
#include <thread>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A server that says what it is told to, command by command, on a thread of its own.
class scripted_server {
public:
    explicit scripted_server(std::map<std::string, std::string> replies)
        : replies_(std::move(replies)),
          acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
          thread_([this] { serve(); })
    {}
    ~scripted_server() { thread_.join(); }

    std::string address() const
    {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    /// After the client has gone.
    const std::string& received()
    {
        if (thread_.joinable())
            thread_.join();
        thread_ = std::thread([] {});
        return received_;
    }

private:
    void serve()
    {
        tcp::socket peer = acceptor_.accept();
        say(peer, "greeting");
        bool data = false;
        std::string pending;
        std::array<char, 4096> octets;
        boost::system::error_code error;
        while (!error) {
            const std::size_t got = peer.read_some(asio::buffer(octets), error);
            received_.append(octets.data(), got);
            pending.append(octets.data(), got);
            for (;;) {
                const std::size_t end = data ? pending.find("\r\n.\r\n") : pending.find("\r\n");
                if (end == std::string::npos)
                    break;
                const std::string verb =
                    data ? "." : pending.substr(0, pending.find_first_of(" \r"));
                pending.erase(0, end + (data ? 5 : 2));
                data = verb == "DATA" && replies_["DATA"].starts_with("354");
                if (verb == "QUIT")
                    return;
                say(peer, verb);
            }
        }
    }

    void say(tcp::socket& peer, const std::string& verb)
    {
        boost::system::error_code ignored; // the client may have had enough
        asio::write(peer, asio::buffer(replies_[verb]), ignored);
    }

    std::map<std::string, std::string> replies_;
    asio::io_context context_;
    tcp::acceptor acceptor_;
    std::string received_;
    std::thread thread_;
};

std::map<std::string, std::string> friendly()
{
    return {
        {"greeting", "220-welcome\r\n220 to the gateway\r\n"},
        {"EHLO", "250-gateway\r\n250 SIZE 100\r\n"},
        {"MAIL", "250 2.1.0 ok\r\n"},
        {"RCPT", "250 2.1.5 ok\r\n"},
        {"DATA", "354 go on\r\n"},
        {".",
         "250-2.0.0 accepted 01234567-89ab-7def-8123-456789abcdef\r\n250-2.0.0 <a@b.c> link\r\n250 "
         "2.0.0 <d@e.f> inline\r\n"}};
}

asio::awaitable<int> exchange(cli::smtp_mail mail, cli::smtp_outcome& outcome)
{
    outcome = co_await cli::exchange_mail(std::move(mail));
    co_return 0;
}

cli::smtp_outcome talk_to(
    const scripted_server& server, const std::string& octets = "Subject: x\r\n\r\n.hidden\r\n")
{
    cli::smtp_outcome outcome;
    cli::run_to_end([&] {
        return exchange({server.address(), "me@contoso.com", {"a@b.c", "d@e.f"}, octets}, outcome);
    });
    return outcome;
}

TEST(smtp_exchange, one_mail_goes_to_all_in_one_transaction)
{
    scripted_server server(friendly());
    const cli::smtp_outcome outcome = talk_to(server);
    EXPECT_TRUE(outcome.accepted());
    EXPECT_EQ(outcome.lines.size(), 3u);
    EXPECT_EQ(cli::network_message_id_of(outcome), "01234567-89ab-7def-8123-456789abcdef");
    const std::string& said = server.received();
    EXPECT_NE(
        said.find(
            "MAIL FROM:<me@contoso.com> SIZE=23\r\nRCPT TO:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n"),
        std::string::npos)
        << said;
    EXPECT_NE(said.find("\r\n..hidden\r\n.\r\nQUIT\r\n"), std::string::npos) << said;
}

class refusing_server : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(refusing_server, ends_the_transaction_and_is_quoted)
{
    auto replies = friendly();
    replies[GetParam().first] = "550-5.7.1 not\r\n550 5.7.1 you\r\n";
    scripted_server server(replies);
    const cli::smtp_outcome outcome = talk_to(server);
    EXPECT_FALSE(outcome.accepted());
    EXPECT_EQ(outcome.code, 550);
    EXPECT_EQ(outcome.stage, GetParam().second);
    EXPECT_EQ(outcome.lines, (std::vector<std::string>{"5.7.1 not", "5.7.1 you"}));
    EXPECT_EQ(cli::network_message_id_of(outcome), "");
}

INSTANTIATE_TEST_SUITE_P(
    stages,
    refusing_server,
    testing::Values(
        std::pair("greeting", "the greeting"),
        std::pair("EHLO", "EHLO"),
        std::pair("MAIL", "MAIL FROM:<me@contoso.com>"),
        std::pair("RCPT", "RCPT TO:<a@b.c>"),
        std::pair("DATA", "the command DATA"),
        std::pair(".", "DATA")));

TEST(smtp_exchange, what_is_no_smtp_is_named)
{
    scripted_server server({{"greeting", "HTTP/1.1 400 Bad Request\r\n"}});
    EXPECT_THROW(talk_to(server), cli::failure);
}

TEST(smtp_exchange, an_address_cannot_smuggle_a_command)
{
    cli::smtp_outcome outcome;
    EXPECT_THROW(
        cli::run_to_end([&] {
            return exchange({"127.0.0.1:1", "a@b.c>\r\nDATA", {"a@b.c"}, ""}, outcome);
        }),
        cli::failure);
}

TEST(smtp_exchange, a_server_that_is_not_there_is_named)
{
    cli::smtp_outcome outcome;
    std::string address;
    {
        asio::io_context context;
        tcp::acceptor gone(context, {asio::ip::address_v4::loopback(), 0});
        address = "127.0.0.1:" + std::to_string(gone.local_endpoint().port());
    }
    try {
        cli::run_to_end([&] { return exchange({address, "a@b.c", {"a@b.c"}, ""}, outcome); });
        FAIL();
    } catch (const cli::failure& silent) {
        EXPECT_NE(std::string(silent.what()).find(address), std::string::npos);
    }
}

TEST(take_reply, waits_for_the_whole_reply_and_leaves_the_next)
{
    std::string received = "250-one\r\n25";
    cli::smtp_outcome reply;
    EXPECT_FALSE(cli::take_reply(received, reply));
    received += "0 two\r\n221 bye\r\n";
    ASSERT_TRUE(cli::take_reply(received, reply));
    EXPECT_EQ(reply.lines, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(received, "221 bye\r\n");
}

TEST(take_reply, refuses_what_is_no_reply)
{
    for (const char* wrong : {"25 x\r\n", "250x\r\n", "\r\n", "x250 y\r\n", "2500 y\r\n"}) {
        std::string received = wrong;
        cli::smtp_outcome reply;
        EXPECT_THROW(cli::take_reply(received, reply), cli::failure) << wrong;
    }
    std::string endless(300'000, 'x');
    cli::smtp_outcome reply;
    EXPECT_THROW(cli::take_reply(endless, reply), cli::failure);
}

TEST(dot_stuffed, doubles_dots_at_line_starts_and_ends_with_one)
{
    EXPECT_EQ(cli::dot_stuffed(".a\r\nb.c\r\n..\r\n"), "..a\r\nb.c\r\n...\r\n.\r\n");
    EXPECT_EQ(cli::dot_stuffed("a"), "a\r\n.\r\n");
    EXPECT_EQ(cli::dot_stuffed(""), "\r\n.\r\n");
}

} // namespace
