#include "simulator/mailboxes/mailbox_receiver.hpp"
#include "tests/simulator/outside_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>

using nlohmann::json;
using simulator::test::outside_world;
using simulator::test::plain_mail;

namespace {

gateway::smtp_limits small_limits()
{
    gateway::smtp_limits limits;
    limits.message_octets = 64 * 1024;
    limits.recipients = 3;
    return limits;
}

/// Whoever connects says what it likes; what counts is what stands in a mailbox afterwards.
class hostile_sender : public outside_world {
protected:
    explicit hostile_sender(gateway::smtp_limits limits = small_limits())
        : outside_world(limits), peer(smtp_peer())
    {}

    std::string ask(const std::string& command)
    {
        peer.say(command + "\r\n");
        return peer.hear_until("\r\n");
    }
    void greet()
    {
        peer.say("EHLO client.test\r\n");
        peer.hear_until("ENHANCEDSTATUSCODES\r\n");
    }
    void begin_data()
    {
        greet();
        ask("MAIL FROM:<ann@contoso.com>");
        ask("RCPT TO:<carol@gmail.com>");
        EXPECT_TRUE(ask("DATA").starts_with("354"));
    }
    /// Nobody has any mail, and the next one who behaves is served.
    void expect_no_harm()
    {
        EXPECT_EQ(get("/api/mailboxes"), json::array());
        EXPECT_EQ(send().code, 250);
        EXPECT_EQ(mails().size(), 1u);
    }

    raw_client peer;
};

class smuggling_sender : public hostile_sender, public testing::WithParamInterface<std::string> {};

TEST_P(smuggling_sender, a_second_mail_behind_a_line_end_of_its_own_making_arrives_nowhere)
{
    begin_data();
    peer.say(
        "Subject: x\r\n\r\nfirst" + GetParam() +
        "MAIL FROM:<evil@example.com>\r\nRCPT TO:<carol@gmail.com>\r\nDATA\r\n\r\nsecond\r\n.\r\n");
    EXPECT_TRUE(peer.hear_all().starts_with("554 5.6.0 a bare CR or LF"));
    expect_no_harm();
}

INSTANTIATE_TEST_SUITE_P(
    line_ends,
    smuggling_sender,
    testing::Values("\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r\r\n", "\r.\r\n"));

TEST_F(hostile_sender, lines_without_end_are_cut_off)
{
    peer.hear_until("\r\n");
    peer.say(std::string(100'000, 'x'));
    EXPECT_TRUE(peer.hear_until("\r\n").starts_with("500 5.5.2"));
    expect_no_harm();
}

TEST_F(hostile_sender, a_text_line_beyond_the_standard_is_refused)
{
    begin_data();
    peer.say("Subject: x\r\n\r\n" + std::string(999, 'x') + "\r\n.\r\n");
    EXPECT_TRUE(peer.hear_until("\r\n").starts_with("554"));
    EXPECT_TRUE(ask("NOOP").starts_with("250")) << "the session goes on";
    expect_no_harm();
}

TEST_F(hostile_sender, recipients_beyond_the_limit_are_refused_and_the_others_served)
{
    greet();
    ask("MAIL FROM:<ann@contoso.com>");
    for (const std::string name : {"a", "b", "c"})
        EXPECT_TRUE(ask("RCPT TO:<" + name + "@x.example>").starts_with("250"));
    EXPECT_TRUE(ask("RCPT TO:<d@x.example>").starts_with("452 4.5.3"));
    ask("DATA");
    EXPECT_TRUE(ask(plain_mail + ".").starts_with("250"));
    EXPECT_EQ(get("/api/mailboxes").size(), 3u);
    EXPECT_EQ(mails("d@x.example"), json::array());
}

TEST_F(hostile_sender, who_is_named_twice_gets_one_copy)
{
    greet();
    ask("MAIL FROM:<>");
    for (const std::string address : {"carol@gmail.com", "carol@GMAIL.com", "\"carol\"@gmail.com"})
        EXPECT_TRUE(ask("RCPT TO:<" + address + ">").starts_with("250")) << address;
    ask("DATA");
    EXPECT_TRUE(ask(plain_mail + ".").starts_with("250"));
    EXPECT_EQ(mails().size(), 1u);
}

TEST_F(hostile_sender, a_mail_over_the_limit_is_refused_and_leaves_nothing)
{
    greet();
    EXPECT_TRUE(ask("MAIL FROM:<ann@contoso.com> SIZE=65537").starts_with("552"));
    ask("MAIL FROM:<ann@contoso.com>");
    ask("RCPT TO:<carol@gmail.com>");
    ask("DATA");
    std::string large = "Subject: large\r\n\r\n";
    while (large.size() <= 65'536)
        large += std::string(98, 'x') + "\r\n";
    EXPECT_TRUE(ask(large + ".").starts_with("552 5.3.4"));
    EXPECT_TRUE(ask("NOOP").starts_with("250")) << "the session goes on";
    expect_no_harm();
}

TEST_F(hostile_sender, who_sends_on_and_on_is_told_before_the_end)
{
    begin_data();
    const std::string line = std::string(98, 'x') + "\r\n";
    std::string piece;
    while (piece.size() < 200'000)
        piece += line;
    peer.say(piece); // no dot
    EXPECT_TRUE(peer.hear_all().starts_with("552 5.3.4"));
    expect_no_harm();
}

TEST_F(hostile_sender, pipelined_garbage_is_answered_line_by_line_until_it_is_enough)
{
    greet();
    std::string garbage;
    for (int line = 0; line < 100; ++line)
        garbage += std::string("\0\xff\x1b[2J ", 7) + std::to_string(line) + "\r\n";
    peer.say(garbage);
    const std::string heard = peer.hear_all();
    EXPECT_EQ(std::count(heard.begin(), heard.end(), '\n'), 21) << heard;
    EXPECT_NE(heard.rfind("\r\n421 "), std::string::npos) << heard;
    expect_no_harm();
}

TEST_F(hostile_sender, mails_sent_in_one_breath_arrive_each_as_it_is)
{
    greet();
    const std::string envelope =
        "MAIL FROM:<ann@contoso.com>\r\nRCPT TO:<carol@gmail.com>\r\nDATA\r\n";
    peer.say(
        envelope + "Subject: one\r\n\r\n..\r\n.\r\n" + envelope +
        "Subject: two\r\n\r\n.\r\nQUIT\r\n");
    peer.hear_all();
    const json arrived = mails();
    ASSERT_EQ(arrived.size(), 2u);
    EXPECT_EQ(arrived[0]["subject"], "two");
    EXPECT_EQ(arrived[1]["text"], ".\r\n");
}

TEST_F(hostile_sender, who_hangs_up_before_the_dot_has_sent_nothing)
{
    begin_data();
    peer.say("Subject: half a mail\r\n\r\n");
    peer.peer().abort();
    expect_no_harm();
}

TEST_F(hostile_sender, addresses_that_are_none_are_refused)
{
    greet();
    for (const std::string path :
         {"carol@gmail.com",
          "<carol>",
          "<@gmail.com>",
          "<carol@gmail.com",
          "<carol@gma il.com>",
          "<carol\xff@gmail.com>",
          "<\"a\tb\"@gmail.com>",
          "<../../etc/passwd>"}) {
        ask("RSET");
        ask("MAIL FROM:<ann@contoso.com>");
        EXPECT_TRUE(ask("RCPT TO:" + path).starts_with("5")) << path;
    }
    ask("RSET");
    EXPECT_TRUE(ask("MAIL FROM:<" + std::string(300, 'a') + "@x.example>").starts_with("5"));
    expect_no_harm();
}

TEST_F(hostile_sender, an_address_like_a_path_is_a_mailbox_and_opens_no_file)
{
    // Beside the keys of the others: never to be read.
    std::filesystem::create_directory(folder_.path() / "sub");
    folder_.write("sub/outside@x.example.pem", "a key of somebody else");
    const std::string encrypted =
        "Subject: x\r\nContent-Type: application/pkcs7-mime\r\n\r\nAAAA\r\n";
    EXPECT_EQ(send("sub/outside@x.example", encrypted).code, 250);
    EXPECT_EQ(
        mails("sub%2Foutside@x.example").at(0)["problem"],
        "This client has no key: the message stays encrypted.");
}

TEST_F(hostile_sender, a_mail_of_arbitrary_octets_can_be_listed_and_looked_at)
{
    std::string octets = "Subject: \xff\xfe\x80\r\nFrom: \x1b[31m\r\n\r\n";
    for (int octet = 1; octet < 256; ++octet)
        if (octet != '\r' && octet != '\n')
            octets += static_cast<char>(octet);
    EXPECT_EQ(send("carol@gmail.com", octets + "\r\n").code, 250);
    EXPECT_EQ(mails().size(), 1u) << "which was JSON, so UTF-8";
    EXPECT_EQ(outside_world::ask("GET", "/mailboxes/carol@gmail.com").status, 200u);
    EXPECT_EQ(outside_world::ask("GET", "/mailboxes/carol@gmail.com/1").status, 200u);
    EXPECT_EQ(
        outside_world::ask("GET", "/api/mailboxes/carol@gmail.com/messages/1/raw").body,
        octets + "\r\n");
}

TEST_F(hostile_sender, what_can_not_be_stored_is_not_acknowledged)
{
    simulator::database{folder_.path() / "mailboxes.db"}.execute("DROP TABLE mail");
    EXPECT_EQ(send().code, 451);
    const auto answer = outside_world::ask("GET", "/api/mailboxes");
    EXPECT_EQ(answer.status, 500u);
    EXPECT_EQ(answer.body.find("no such table"), std::string::npos) << answer.body;
}

gateway::smtp_limits impatient()
{
    gateway::smtp_limits limits;
    limits.idle = std::chrono::milliseconds{500};
    return limits;
}

class silent_sender : public hostile_sender {
protected:
    silent_sender() : hostile_sender(impatient()) {}
};

TEST_F(silent_sender, in_the_middle_of_a_mail_is_told_that_the_time_is_up)
{
    begin_data();
    peer.say("Subject: half a mail\r\n");
    EXPECT_TRUE(peer.hear_all().starts_with("421 4.4.2"));
    expect_no_harm();
}

} // namespace
