#include "gateway/copy_source.hpp"
#include "gateway/smtp_client.hpp"
#include "tests/gateway/running_listener.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace gateway {
namespace {

using tests::running_listener;

smtp_sending to(const std::string& next_hop, const std::string& octets)
{
    smtp_sending sending;
    sending.next_hop = next_hop;
    sending.host_name = "gateway.test";
    sending.sender = *mail::address::parse("alice@example.com");
    sending.recipient = *mail::address::parse("bob@example.org");
    sending.octets = whole_mail(octets);
    sending.deadline = std::chrono::milliseconds(5000);
    return sending;
}

/// A next hop that says what it was given, a reply for each line it hears, whatever the line is.
class scripted_server {
public:
    explicit scripted_server(std::vector<std::string> replies)
        : acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
          port_(acceptor_.local_endpoint().port()),
          thread_([this, replies = std::move(replies)] { serve(replies); })
    {}
    ~scripted_server() { thread_.join(); }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::vector<std::string> heard;

private:
    void serve(const std::vector<std::string>& replies)
    {
        namespace asio = boost::asio;
        auto socket = acceptor_.accept();
        std::string buffer;
        for (const auto& reply : replies) {
            boost::system::error_code gone;
            asio::write(socket, asio::buffer(reply), gone);
            const auto end = asio::read_until(socket, asio::dynamic_buffer(buffer), "\r\n", gone);
            if (gone) {
                return;
            }
            heard.push_back(buffer.substr(0, end));
            buffer.erase(0, end);
        }
    }
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    unsigned short port_;
    std::thread thread_;
};

smtp_reply send(smtp_sending sending)
{
    boost::asio::io_context io(1);
    auto reply = boost::asio::co_spawn(io, send_mail(std::move(sending)), boost::asio::use_future);
    io.run();
    return reply.get();
}

TEST(smtp_client, a_mail_arrives_octet_for_octet)
{
    running_listener server;
    const std::string large = std::string(70, 'x') + "\r\n";
    std::string many;
    for (int line = 0; line < 5000; ++line) {
        many += large;
    }
    for (const std::string& mail :
         {std::string("Subject: x\r\n\r\nhello\r\n"),
          std::string(".\r\n..\r\n.x\r\n"),
          std::string("\r\n\r\n"),
          std::string(""),
          many}) {
        const auto reply = send(to(server.address(), mail));
        EXPECT_EQ(reply.code, 250);
        EXPECT_EQ(reply.lines, (std::vector<std::string>{"kept", "for you"}));
        EXPECT_EQ(server.bag.mails().back().octets, mail);
    }
    EXPECT_EQ(server.bag.mails().back().sender.text(), "alice@example.com");
    EXPECT_EQ(server.bag.mails().back().peer.helo, "gateway.test");
}

TEST(smtp_client, a_null_sender_stays_null)
{
    running_listener server;
    auto sending = to(server.address(), "x\r\n");
    sending.sender = {};
    EXPECT_EQ(send(std::move(sending)).code, 250);
    EXPECT_TRUE(server.bag.mails().at(0).sender.is_null());
}

TEST(smtp_client, the_reply_that_decides_is_given_back)
{
    running_listener server;
    auto sending = to(server.address(), "x\r\n");
    sending.recipient = *mail::address::parse("unknown@example.org");
    const auto refused = send(std::move(sending));
    EXPECT_EQ(refused.code, 550);
    EXPECT_EQ(refused.enhanced, "5.1.1");
    sending = to(server.address(), "x\r\n");
    sending.sender = *mail::address::parse("spammer@example.org");
    EXPECT_EQ(send(std::move(sending)).lines.at(0), "not you");
    EXPECT_EQ(send(to(server.address(), "virus\r\n")).code, 554);
}

TEST(smtp_client, nobody_there_is_no_reply)
{
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
    const auto port = taken.local_endpoint().port();
    taken.close();
    const auto reply = send(to("127.0.0.1:" + std::to_string(port), "x\r\n"));
    EXPECT_EQ(reply.code, 0);
    EXPECT_NE(reply.lines.at(0).find("cannot connect"), std::string::npos);
}

TEST(smtp_client, a_source_that_fails_leaves_nothing_at_the_peer)
{
    running_listener server;
    auto sending = to(server.address(), "");
    struct broken {
        bool first = true;
        boost::asio::awaitable<std::optional<std::string>> next()
        {
            if (!std::exchange(first, false)) {
                throw std::runtime_error("the disk is gone");
            }
            co_return "Subject: half\r\n\r\n";
        }
    } source;
    sending.octets = [&source] { return source.next(); };
    EXPECT_THROW(send(std::move(sending)), std::runtime_error);
    server.bag.wait_for_dropped(1);
    EXPECT_EQ(server.bag.mails().size(), 0U);
}

TEST(smtp_client, a_busy_greeting_is_the_answer)
{
    scripted_server server({"421 4.3.2 busy\r\n", "221 bye\r\n"});
    EXPECT_EQ(send(to(server.address(), "x\r\n")).code, 421);
}

TEST(smtp_client, an_old_server_is_greeted_with_helo)
{
    scripted_server server(
        {"220 old\r\n",
         "500 what\r\n",
         "250 hi\r\n",
         "250 ok\r\n",
         "250 ok\r\n",
         "354 go\r\n",
         "",
         "250 kept\r\n",
         "221 bye\r\n"});
    const auto reply = send(to(server.address(), "x\r\n"));
    EXPECT_EQ(reply.code, 250);
    EXPECT_EQ(server.heard.at(1), "HELO gateway.test\r\n");
    EXPECT_EQ(server.heard.at(2), "MAIL FROM:<alice@example.com>\r\n");
}

TEST(smtp_client, eight_bit_mail_is_announced_where_the_peer_takes_it)
{
    scripted_server server(
        {"220 new\r\n", "250-hi\r\n250 8BITMIME\r\n", "550 no\r\n", "221 bye\r\n"});
    EXPECT_EQ(send(to(server.address(), "x\r\n")).code, 550);
    EXPECT_EQ(server.heard.at(1), "MAIL FROM:<alice@example.com> BODY=8BITMIME\r\n");
}

TEST(smtp_client, a_yes_before_the_final_dot_is_no_delivery)
{
    scripted_server early(
        {"220 x\r\n",
         "250 x\r\n",
         "250 x\r\n",
         "250 x\r\n",
         "250 kept already\r\n",
         "221 bye\r\n"});
    EXPECT_EQ(send(to(early.address(), "x\r\n")).code, 0);
}

TEST(smtp_client, a_server_that_hangs_up_after_the_dot_has_not_answered)
{
    scripted_server server({"220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n", "354 go\r\n"});
    const auto reply = send(to(server.address(), ""));
    EXPECT_EQ(reply.code, 0);
}

TEST(smtp_client, who_speaks_no_smtp_is_no_next_hop)
{
    scripted_server server({"HTTP/1.1 400 Bad Request\r\n"});
    const auto reply = send(to(server.address(), "x\r\n"));
    EXPECT_EQ(reply.code, 0);
    EXPECT_EQ(reply.lines.at(0), "the next hop does not speak SMTP");
}

} // namespace
} // namespace gateway
