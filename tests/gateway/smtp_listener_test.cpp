#include "gateway/smtp_listener.hpp"
#include "tests/gateway/running_listener.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace gateway {
namespace {

using tests::running_listener;
using tests::scripted_client;

TEST(smtp_listener, a_mail_goes_through_word_for_word)
{
    running_listener server;
    scripted_client client(server.port);
    const std::vector<std::pair<std::string, std::string>> golden = {
        {"", "220 mx.test ESMTP sealpost\r\n"},
        {"EHLO client.test\r\n",
         "250-mx.test greets client.test\r\n250-PIPELINING\r\n250-SIZE 26214400\r\n250-8BITMIME\r\n"
         "250 ENHANCEDSTATUSCODES\r\n"},
        {"MAIL FROM:<alice@example.com> SIZE=20\r\n", "250 2.1.0 sender OK\r\n"},
        {"RCPT TO:<unknown@example.org>\r\n", "550 5.1.1 no such user\r\n"},
        {"RCPT TO:<bob@example.org>\r\n", "250 2.1.5 recipient OK\r\n"},
        {"DATA\r\n", "354 send the mail, end with <CRLF>.<CRLF>\r\n"},
        {"Subject: x\r\n\r\n..\r\nhello\r\n.\r\n", "250-2.0.0 kept\r\n250 2.0.0 for you\r\n"},
        {"QUIT\r\n", "221 2.0.0 mx.test closes the connection\r\n"},
    };
    for (const auto& [said, heard] : golden) {
        client.say(said);
        EXPECT_EQ(client.reply(), heard);
    }
    EXPECT_EQ(client.line(), "") << "closed";
    const auto mails = server.bag.mails();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails[0].octets, "Subject: x\r\n\r\n.\r\nhello\r\n");
    EXPECT_EQ(mails[0].sender.text(), "alice@example.com");
    ASSERT_EQ(mails[0].recipients.size(), 1U);
    EXPECT_EQ(mails[0].peer.address, "127.0.0.1");
    EXPECT_EQ(mails[0].peer.helo, "client.test");
    EXPECT_FALSE(mails[0].peer.tls);
}

TEST(smtp_listener, a_pipelined_group_is_answered_in_order)
{
    running_listener server;
    scripted_client client(server.port);
    client.greet();
    client.say("MAIL FROM:<a@b.org>\r\nRCPT TO:<unknown@b.org>\r\nRCPT TO:<c@b.org>\r\nDATA\r\n");
    for (const auto* code : {"250", "550", "250", "354"}) {
        EXPECT_EQ(client.reply().substr(0, 3), code);
    }
    client.say("x\r\n.\r\nMAIL FROM:<second@b.org>\r\nRSET\r\nQUIT\r\n");
    for (const auto* code : {"250", "250", "250", "221"}) {
        EXPECT_EQ(client.reply().substr(0, 3), code);
    }
    EXPECT_EQ(server.bag.mails().size(), 1U);
}

TEST(smtp_listener, a_bare_line_feed_in_data_is_refused_and_the_connection_closed)
{
    for (const std::string smuggled :
         {"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r\r\n", "\r.\r\n"}) {
        running_listener server;
        scripted_client client(server.port);
        client.begin_data();
        client.say(
            "Subject: x\r\n\r\nfirst" + smuggled +
            "MAIL FROM:<evil@example.com>\r\nRCPT "
            "TO:<bob@example.org>\r\nDATA\r\n\r\nsecond\r\n.\r\n");
        EXPECT_EQ(
            client.reply(), "554 5.6.0 a bare CR or LF in the mail, closes the connection\r\n");
        EXPECT_EQ(client.line(), "");
        EXPECT_EQ(server.bag.mails().size(), 0U);
    }
}

TEST(smtp_listener, a_bare_line_feed_between_commands_ends_the_session)
{
    running_listener server;
    scripted_client client(server.port);
    client.reply();
    client.say("EHLO client.test\nMAIL FROM:<a@b.org>\r\n");
    EXPECT_EQ(client.reply().substr(0, 9), "500 5.5.2");
    EXPECT_EQ(client.line(), "");
}

TEST(smtp_listener, a_command_line_without_end_is_cut_off)
{
    running_listener server;
    scripted_client client(server.port);
    client.reply();
    client.say(std::string(5000, 'x'));
    EXPECT_EQ(client.reply().substr(0, 9), "500 5.5.2");
    EXPECT_EQ(client.line(), "");
}

TEST(smtp_listener, a_mail_over_the_limit_is_refused_and_the_session_goes_on)
{
    smtp_limits limits;
    limits.message_octets = 2000;
    running_listener server(limits);
    scripted_client client(server.port);
    client.begin_data();
    std::string mail;
    for (int line = 0; line < 30; ++line) {
        mail += std::string(98, 'x') + "\r\n";
    }
    client.say(mail + ".\r\n");
    EXPECT_EQ(client.reply(), "552 5.3.4 the mail is larger than 2000 octets\r\n");
    EXPECT_EQ(client.ask("MAIL FROM:<a@b.org> SIZE=2001").substr(0, 3), "552");
    EXPECT_EQ(client.ask("MAIL FROM:<a@b.org>").substr(0, 3), "250");
    EXPECT_EQ(server.bag.mails().size(), 0U);
}

TEST(smtp_listener, a_refusal_of_the_receiver_is_said_after_the_dot)
{
    running_listener server;
    scripted_client client(server.port);
    client.begin_data();
    client.say("a virus\r\n" + std::string(500, 'x') + "\r\n.\r\n");
    EXPECT_EQ(client.reply(), "554 5.7.0 a virus\r\n");
    EXPECT_EQ(client.ask("NOOP").substr(0, 3), "250");
    EXPECT_EQ(server.bag.dropped(), 1U);
}

TEST(smtp_listener, who_hangs_up_before_the_dot_has_sent_nothing)
{
    running_listener server;
    {
        scripted_client client(server.port);
        client.begin_data();
        client.say("Subject: half a mail\r\n\r\n");
    }
    server.bag.wait_for_dropped(1);
    EXPECT_EQ(server.bag.mails().size(), 0U);
}

TEST(smtp_listener, a_session_goes_on_inside_tls_from_the_start)
{
    running_listener server({}, tests::make_test_tls());
    scripted_client client(server.port);
    client.greet();
    EXPECT_EQ(client.ask("STARTTLS"), "220 2.0.0 ready to start TLS\r\n");
    client.start_tls();
    EXPECT_EQ(client.ask("MAIL FROM:<a@b.org>").substr(0, 3), "503")
        << "EHLO in clear is forgotten";
    EXPECT_EQ(client.ask("EHLO inside").find("STARTTLS"), std::string::npos);
    client.ask("MAIL FROM:<alice@example.com>");
    client.ask("RCPT TO:<bob@example.org>");
    client.ask("DATA");
    EXPECT_EQ(client.ask("hello\r\n.").substr(0, 3), "250");
    ASSERT_EQ(server.bag.mails().size(), 1U);
    EXPECT_TRUE(server.bag.mails()[0].peer.tls);
    EXPECT_EQ(server.bag.mails()[0].peer.helo, "inside");
}

TEST(smtp_listener, plain_text_behind_starttls_is_never_taken_for_words_inside_tls)
{
    running_listener server({}, tests::make_test_tls());
    scripted_client client(server.port);
    client.greet();
    client.say("STARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
    EXPECT_EQ(client.reply(), "554 5.7.0 plain text after STARTTLS, closes the connection\r\n");
    EXPECT_EQ(client.line(), "");
}

TEST(smtp_listener, a_failed_handshake_ends_the_session)
{
    running_listener server({}, tests::make_test_tls());
    scripted_client client(server.port);
    client.greet();
    client.ask("STARTTLS");
    client.say("MAIL FROM:<evil@example.com>\r\n");
    while (!client.line().empty()) {
    }
    EXPECT_EQ(server.bag.mails().size(), 0U);
}

TEST(smtp_listener, further_connections_of_one_address_are_turned_away)
{
    smtp_limits limits;
    limits.connections_per_address = 2;
    running_listener server(limits);
    scripted_client first(server.port);
    scripted_client second(server.port);
    first.reply();
    second.reply();
    scripted_client third(server.port);
    EXPECT_EQ(third.reply(), "421 4.7.0 mx.test has too many connections, try again later\r\n");
    EXPECT_EQ(first.ask("QUIT").substr(0, 3), "221");
}

TEST(smtp_listener, the_limit_on_all_connections_holds)
{
    smtp_limits limits;
    limits.connections = 1;
    running_listener server(limits);
    scripted_client first(server.port);
    first.reply();
    scripted_client second(server.port);
    EXPECT_EQ(second.reply().substr(0, 3), "421");
}

TEST(smtp_listener, a_place_that_was_left_can_be_taken_again)
{
    smtp_limits limits;
    limits.connections = 1;
    running_listener server(limits);
    for (int turn = 0; turn < 5; ++turn) {
        std::string greeting;
        do { // the server may not have seen yet that the one before has gone
            scripted_client client(server.port);
            greeting = client.reply().substr(0, 3);
            client.ask("QUIT");
        } while (greeting == "421");
        EXPECT_EQ(greeting, "220");
    }
}

TEST(smtp_listener, a_receiver_may_turn_every_connection_away_with_its_reason)
{
    running_listener server;
    server.bag.closed = true;
    for (int turn = 0; turn < 3; ++turn) {
        scripted_client client(server.port);
        EXPECT_EQ(client.reply(), "421 4.3.2 closed\r\n");
        EXPECT_EQ(client.line(), "") << "and hangs up";
    }
    server.bag.closed = false;
    scripted_client client(server.port);
    EXPECT_EQ(client.reply().substr(0, 3), "220");
}

TEST(smtp_listener, who_says_nothing_is_told_that_the_time_is_up)
{
    smtp_limits limits;
    limits.idle = std::chrono::milliseconds(50);
    running_listener server(limits);
    scripted_client client(server.port);
    client.reply();
    EXPECT_EQ(client.reply(), "421 4.4.2 mx.test waited too long, closes the connection\r\n");
    EXPECT_EQ(client.line(), "");
}

TEST(smtp_listener, a_mail_has_its_time_as_a_whole)
{
    smtp_limits limits;
    limits.data = std::chrono::milliseconds(50);
    running_listener server(limits);
    scripted_client client(server.port);
    client.begin_data();
    client.say("Subject: slow\r\n");
    EXPECT_EQ(client.reply().substr(0, 9), "421 4.4.2");
    EXPECT_EQ(server.bag.mails().size(), 0U);
}

TEST(smtp_listener, stopping_tells_idle_sessions_and_lets_a_running_mail_finish)
{
    running_listener server;
    scripted_client idle(server.port);
    idle.greet();
    scripted_client busy(server.port);
    busy.begin_data();
    server.stop();
    EXPECT_EQ(idle.reply(), "421 4.3.2 mx.test is stopping, try again later\r\n");
    EXPECT_EQ(idle.line(), "");
    EXPECT_EQ(busy.ask("hello\r\n.").substr(0, 3), "250");
    EXPECT_EQ(busy.reply().substr(0, 9), "421 4.3.2");
    EXPECT_EQ(server.bag.mails().size(), 1U);
}

} // namespace
} // namespace gateway
