#include "gateway/smtp_data.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace gateway {
namespace {

struct taken_mail {
    std::string mail;
    std::size_t octets = 0;
    bool ended = false;
    bool must_close = false;
    std::optional<smtp_outcome> fault;
};

taken_mail take(const std::vector<std::string_view>& pieces, std::uint64_t limit = 100'000)
{
    smtp_data data(limit);
    taken_mail result;
    for (const auto piece : pieces) {
        result.octets += data.take(piece, result.mail);
    }
    result.ended = data.ended();
    result.must_close = data.must_close();
    result.fault = data.fault();
    return result;
}

bool has_bare_line_end(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) {
            return true;
        }
        if (text[at] == '\n' && (at == 0 || text[at - 1] != '\r')) {
            return true;
        }
    }
    return false;
}

TEST(smtp_data, takes_a_mail_up_to_the_final_dot_and_leaves_what_follows)
{
    const auto result = take({"From: a@b\r\n\r\nhello\r\n.\r\nQUIT\r\n"});
    EXPECT_TRUE(result.ended);
    EXPECT_FALSE(result.fault);
    EXPECT_FALSE(result.must_close);
    EXPECT_EQ(result.mail, "From: a@b\r\n\r\nhello\r\n");
    EXPECT_EQ(result.octets, result.mail.size() + 3);
}

TEST(smtp_data, an_empty_mail_is_a_mail)
{
    const auto result = take({".\r\n"});
    EXPECT_TRUE(result.ended);
    EXPECT_EQ(result.mail, "");
}

TEST(smtp_data, removes_the_one_dot_that_the_sender_put_in_front)
{
    EXPECT_EQ(take({"..\r\n...x\r\n.y\r\na.b\r\n.\r\n"}).mail, ".\r\n..x\r\ny\r\na.b\r\n");
}

TEST(smtp_data, ends_nowhere_but_at_crlf_dot_crlf)
{
    for (const std::string_view end :
         {"x\n.\n",
          "x\n.\r\n",
          "x\r.\r",
          "x\r\n.\n",
          "x\r\n.\r",
          "x\r\n.\rQ",
          "x\r.\r\n",
          "x\r\n\n.\r\n"}) {
        const auto result = take({end, "MAIL FROM:<evil@example.com>\r\n"});
        EXPECT_EQ(result.fault, smtp_outcome::bare_line_end) << end;
        EXPECT_TRUE(result.must_close) << end;
    }
}

TEST(smtp_data, refuses_a_nul_octet)
{
    const auto result = take({std::string_view("a\0b\r\n.\r\n", 8)});
    EXPECT_EQ(result.fault, smtp_outcome::null_octet);
    EXPECT_TRUE(result.must_close);
}

TEST(smtp_data, a_line_of_998_octets_passes_and_one_more_does_not)
{
    const std::string longest(998, 'x');
    EXPECT_FALSE(take({longest, "\r\n.\r\n"}).fault);
    const auto result = take({longest + "x\r\n", "ok\r\n.\r\n"});
    EXPECT_EQ(result.fault, smtp_outcome::text_line_too_long);
    EXPECT_TRUE(result.ended);
    EXPECT_FALSE(result.must_close) << "the end was certain, the session may go on";
}

TEST(smtp_data, the_size_limit_holds_while_the_mail_arrives)
{
    smtp_data data(10);
    std::string mail;
    data.take("12345678\r\n", mail);
    EXPECT_FALSE(data.fault()) << "exactly the limit";
    data.take("9", mail);
    EXPECT_EQ(data.fault(), smtp_outcome::mail_too_large);
    EXPECT_FALSE(data.ended());
    EXPECT_EQ(mail, "12345678\r\n") << "nothing beyond the limit is handed on";
    data.take("\r\n.\r\n", mail);
    EXPECT_TRUE(data.ended());
}

TEST(smtp_data, who_never_stops_is_cut_off)
{
    smtp_data data(1000);
    std::string mail;
    const std::string line = std::string(98, 'x') + "\r\n";
    std::size_t lines = 0;
    while (!data.ended() && ++lines < 1000) {
        data.take(line, mail);
    }
    EXPECT_LT(lines, 25U);
    EXPECT_TRUE(data.must_close());
}

TEST(smtp_data, more_than_fifty_received_fields_are_a_loop)
{
    std::string header;
    for (int hop = 0; hop < 50; ++hop) {
        header += hop % 2 == 0 ? "Received: from a\r\n\tby b\r\n" : "RECEIVED: x\r\n";
    }
    const std::string body = "\r\nReceived: in the body counts for nothing\r\n.\r\n";
    EXPECT_FALSE(take({header, body}).fault);
    EXPECT_EQ(take({header, "received:one more\r\n", body}).fault, smtp_outcome::mail_loop);
}

TEST(smtp_data, takes_nothing_after_the_end)
{
    smtp_data data(100);
    std::string mail;
    data.take(".\r\n", mail);
    EXPECT_EQ(data.take("more", mail), 0U);
    EXPECT_EQ(mail, "");
}

// Every string of length 1 to 5 over the octets that smuggling is made of, put where a mail might
// end early, cut in three ways: one mail or a refusal, and never a bare CR or LF handed on.
class every_short_string : public testing::Test {
protected:
    static void try_all(void (*probe)(const std::string&))
    {
        constexpr std::string_view octets("\r\n.\0x", 5);
        std::size_t tried = 0;
        for (std::size_t length = 1; length <= 5; ++length) {
            std::size_t count = 1;
            for (std::size_t power = 0; power < length; ++power) {
                count *= octets.size();
            }
            for (std::size_t number = 0; number < count; ++number) {
                std::string text;
                for (std::size_t rest = number; text.size() < length; rest /= octets.size()) {
                    text += octets[rest % octets.size()];
                }
                probe(text);
                ++tried;
            }
        }
        EXPECT_EQ(tried, 3905U);
    }
};

// 1: the stream begins with a whole mail; 0: it is refused.
std::size_t mails_in(const std::vector<std::string>& pieces, std::string& mail)
{
    smtp_data data(10'000);
    for (const auto& piece : pieces) {
        data.take(piece, mail);
    }
    return data.ended() && !data.fault() ? 1 : 0;
}

void expect_no_second_mail(const std::string& before, const std::string& text)
{
    const std::string after = "MAIL FROM:<evil@example.com>\r\nDATA\r\nsecond\r\n.\r\n";
    const std::string whole = before + text + after;
    std::vector<std::string> octet_by_octet;
    for (const char octet : whole) {
        octet_by_octet.emplace_back(1, octet);
    }
    const std::vector<std::vector<std::string>> fragmentations = {
        {whole}, {before, text, after}, octet_by_octet};
    std::vector<std::string> results;
    for (const auto& pieces : fragmentations) {
        std::string mail;
        const auto mails = mails_in(pieces, mail);
        ASSERT_LE(mails, 1U);
        ASSERT_FALSE(mails == 1 && has_bare_line_end(mail)) << testing::PrintToString(text);
        // The only way to end the first mail early is the one that every server agrees on.
        const bool fair_end = (before + text).find("\r\n.\r\n") != std::string::npos;
        ASSERT_EQ(mails == 1 && mail.find("MAIL") == std::string::npos, fair_end)
            << testing::PrintToString(text);
        results.push_back(mails == 1 ? mail : "refused");
    }
    ASSERT_EQ(results[0], results[1]);
    ASSERT_EQ(results[0], results[2]) << testing::PrintToString(text);
}

TEST_F(every_short_string, hides_no_second_mail_and_no_bare_line_end)
{
    try_all([](const std::string& text) {
        expect_no_second_mail("From: a@b\r\n\r\nfirst", text);
        expect_no_second_mail("From: a@b\r\n\r\nfirst\r\n", text);
    });
}

TEST_F(every_short_string, is_sent_as_one_mail_that_comes_back_the_same)
{
    try_all([](const std::string& text) {
        data_writer writer;
        std::string wire;
        for (const char octet : "first" + text + "last") {
            writer.push({&octet, 1}, wire);
        }
        writer.finish(wire);
        ASSERT_FALSE(has_bare_line_end(wire)) << testing::PrintToString(text);
        smtp_data data(10'000);
        std::string mail;
        const auto taken = data.take(wire, mail);
        if (text.find('\0') == std::string::npos) {
            ASSERT_TRUE(data.ended()) << testing::PrintToString(text);
            ASSERT_FALSE(data.fault());
            ASSERT_EQ(taken, wire.size()) << "the writer's dot is the only end";
        }
    });
}

TEST(data_writer, stuffs_dots_and_closes_the_last_line)
{
    data_writer writer;
    std::string wire;
    writer.push(".a\r\n", wire);
    writer.push("..b\r", wire);
    writer.push("\nc", wire);
    writer.finish(wire);
    EXPECT_EQ(wire, "..a\r\n...b\r\nc\r\n.\r\n");
}

TEST(data_writer, an_empty_mail_is_the_dot_alone)
{
    std::string wire;
    data_writer().finish(wire);
    EXPECT_EQ(wire, ".\r\n");
}

} // namespace
} // namespace gateway
