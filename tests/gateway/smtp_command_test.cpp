#include "gateway/smtp_command.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

smtp_command read(std::string_view line)
{
    const auto parsed = parse_command(line);
    const auto* command = std::get_if<smtp_command>(&parsed);
    EXPECT_TRUE(command) << line;
    return command ? *command : smtp_command{};
}

smtp_outcome fault(std::string_view line)
{
    const auto parsed = parse_command(line);
    const auto* wrong = std::get_if<smtp_fault>(&parsed);
    EXPECT_TRUE(wrong) << line;
    return wrong ? wrong->outcome : smtp_outcome::done;
}

TEST(smtp_command, verbs_are_read_in_any_case)
{
    EXPECT_EQ(read("quit").verb, smtp_verb::quit);
    EXPECT_EQ(read("StartTLS").verb, smtp_verb::starttls);
    EXPECT_EQ(read("EHLO mail.example.org").name, "mail.example.org");
    EXPECT_EQ(read("helo [127.0.0.1]").name, "[127.0.0.1]");
    EXPECT_EQ(read("NOOP whatever").verb, smtp_verb::noop);
    EXPECT_EQ(read("RSET  ").verb, smtp_verb::rset) << "trailing spaces are tolerated";
}

TEST(smtp_command, a_sender_comes_with_its_parameters)
{
    const auto command = read("MAIL FROM:<Alice@Example.com> SIZE=12345 BODY=8BITMIME");
    EXPECT_EQ(command.path.text(), "Alice@example.com");
    EXPECT_EQ(command.declared_size, 12345U);
    EXPECT_TRUE(command.eight_bit);
    EXPECT_TRUE(read("mail from:<>").path.is_null());
    EXPECT_FALSE(read("MAIL FROM:<a@b.org> body=7bit").eight_bit);
}

TEST(smtp_command, a_quoted_local_part_may_hold_an_angle_bracket)
{
    EXPECT_EQ(read("RCPT TO:<\"a>b\"@example.com>").path.local_part(), "\"a>b\"");
}

TEST(smtp_command, postmaster_needs_no_domain)
{
    EXPECT_TRUE(read("RCPT TO:<PostMaster>").postmaster);
}

TEST(smtp_command, paths_are_read_strictly)
{
    for (const auto* line :
         {"MAIL FROM: <a@b.org>",
          "MAIL FROM:a@b.org",
          "MAIL FROM:<a@b.org",
          "MAIL a@b.org",
          "MAIL",
          "MAIL FROM:<a@b.org>x",
          "MAIL FROM:<a b@c.org>",
          "MAIL FROM:<@x,@y:a@b.org>",
          "MAIL FROM:<a@b.org>>"}) {
        EXPECT_EQ(fault(line), smtp_outcome::bad_sender) << line;
    }
    for (const auto* line :
         {"RCPT TO:<>",
          "RCPT TO:<a>",
          "RCPT TO:<@relay.org:a@b.org>",
          "RCPT TO: <a@b.org>",
          "RCPT TO:<a@b@c.org>",
          "RCPT",
          "RCPT TO:<a@b.org>NOTIFY=NEVER"}) {
        EXPECT_EQ(fault(line), smtp_outcome::bad_recipient) << line;
    }
}

TEST(smtp_command, unknown_parameters_are_refused_by_name)
{
    EXPECT_EQ(fault("MAIL FROM:<a@b.org> RET=HDRS"), smtp_outcome::unknown_parameter);
    EXPECT_EQ(fault("MAIL FROM:<a@b.org> SMTPUTF8"), smtp_outcome::unknown_parameter);
    EXPECT_EQ(fault("RCPT TO:<a@b.org> NOTIFY=NEVER"), smtp_outcome::unknown_parameter);
    EXPECT_EQ(fault("MAIL FROM:<a@b.org> SIZE=-1"), smtp_outcome::bad_argument);
    EXPECT_EQ(fault("MAIL FROM:<a@b.org> SIZE="), smtp_outcome::bad_argument);
    EXPECT_EQ(
        fault("MAIL FROM:<a@b.org> SIZE=99999999999999999999999"), smtp_outcome::bad_argument);
    EXPECT_EQ(fault("MAIL FROM:<a@b.org> BODY=BINARYMIME"), smtp_outcome::bad_argument);
}

TEST(smtp_command, commands_without_argument_take_none)
{
    for (const auto* line :
         {"DATA now",
          "RSET all",
          "QUIT please",
          "STARTTLS 1",
          "EHLO",
          "VRFY",
          "EHLO two words",
          "EHLO (comment)",
          "HELO a\"b"}) {
        EXPECT_EQ(fault(line), smtp_outcome::bad_argument) << line;
    }
}

TEST(smtp_command, what_is_no_command_is_said_to_be_none)
{
    for (const auto* line :
         {"", "BDAT 5", "AUTH PLAIN", "MAILFROM:<a@b.org>", "GET / HTTP/1.1", " QUIT"}) {
        EXPECT_EQ(fault(line), smtp_outcome::unknown_command) << line;
    }
}

TEST(smtp_command, control_characters_and_8_bit_octets_are_no_command)
{
    for (const std::string_view line :
         {std::string_view("NOOP a\tb"),
          std::string_view("NOOP a\0b", 8),
          std::string_view("NOOP \xc3\xa9"),
          std::string_view("EHLO a\rb"),
          std::string_view("MAIL FROM:<\x01@b.org>")}) {
        EXPECT_EQ(fault(line), smtp_outcome::malformed_command) << line;
    }
}

} // namespace
} // namespace gateway
