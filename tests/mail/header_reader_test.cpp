#include "mail/header_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

using progress = header_reader::progress;

header_reader read(std::string_view mail)
{
    header_reader reader;
    reader.feed(mail);
    reader.finish();
    return reader;
}

std::string value_of(std::string_view field)
{
    const header_reader reader = read(std::string(field) + "\r\n\r\n");
    return reader.fields().empty() ? "no field" : reader.fields().front().value;
}

TEST(header_reader, reads_fields_in_their_order)
{
    const auto reader =
        read("From: Alice <a@example.com>\r\nSUBJECT:Hello\r\nTo: b@example.org\r\n\r\nbody");
    ASSERT_EQ(reader.fields().size(), 3U);
    EXPECT_EQ(reader.fields()[0].name, "From");
    EXPECT_EQ(reader.fields()[0].value, "Alice <a@example.com>");
    EXPECT_EQ(reader.find("subject")->value, "Hello");
    EXPECT_EQ(reader.find("to")->raw, "To: b@example.org\r\n");
    EXPECT_EQ(reader.find("Cc"), nullptr);
}

TEST(header_reader, finds_the_same_fields_however_the_octets_arrive)
{
    const std::string mail = "Subject: one\r\n two\r\nX-A: b\r\n\r\nSubject: not this";
    for (std::size_t piece = 1; piece <= mail.size(); ++piece) {
        header_reader reader;
        for (std::size_t at = 0; at < mail.size(); at += piece)
            reader.feed(std::string_view(mail).substr(at, piece));
        EXPECT_EQ(reader.feed(""), progress::complete);
        ASSERT_EQ(reader.fields().size(), 2U) << piece;
        EXPECT_EQ(reader.fields()[0].value, "one two");
        EXPECT_EQ(reader.fields()[0].raw, "Subject: one\r\n two\r\n");
    }
}

TEST(header_reader, says_complete_at_the_empty_line_and_never_looks_at_the_body)
{
    header_reader reader;
    EXPECT_EQ(reader.feed("Subject: x\r\n"), progress::more);
    EXPECT_EQ(reader.feed("\r\n"), progress::complete);
    EXPECT_EQ(reader.feed(std::string(header_reader::limit * 2, 'x')), progress::complete);
    EXPECT_EQ(reader.fields().size(), 1U);
}

TEST(header_reader, reads_a_mail_without_body_and_one_without_header)
{
    EXPECT_EQ(read("Subject: x\r\n").find("Subject")->value, "x");
    EXPECT_EQ(read("Subject: x").find("Subject")->raw, "Subject: x\r\n");
    EXPECT_TRUE(read("\r\nSubject: this is body").fields().empty());
    EXPECT_TRUE(read("").fields().empty());
}

TEST(header_reader, decodes_encoded_words)
{
    EXPECT_EQ(value_of("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?="), "Grüße");
    EXPECT_EQ(value_of("Subject: =?iso-8859-1?B?R3L832U=?="), "Grüße");
    EXPECT_EQ(value_of("Subject: =?utf-8?Q?one?=\r\n =?utf-8?Q?_two?="), "one two");
    EXPECT_EQ(value_of("From: =?utf-8?Q?J=C3=B6rg?= <j@example.com>"), "Jörg <j@example.com>");
}

TEST(header_reader, gives_valid_utf8_whatever_the_octets)
{
    EXPECT_EQ(
        value_of("Subject: Gr\xC3\xBC\xC3\x9F"
                 "e"),
        "Grüße");
    EXPECT_EQ(value_of("Subject: caf\xE9"), "café");
    EXPECT_EQ(value_of("Subject: =?utf-8?Q?=FF=FE?=").find('\xFF'), std::string::npos);
    EXPECT_NE(value_of("Subject: =?no-such-charset?Q?abc?="), "");
}

TEST(header_reader, lets_no_control_character_through)
{
    EXPECT_EQ(
        value_of("Subject: a\x01"
                 "b\tc\x7F"
                 "d"),
        "a b c d");
    // A line end that hides in an encoded word would forge a field where the value is written
    // again.
    EXPECT_EQ(value_of("Subject: =?utf-8?Q?a=0D=0ABcc:_x@y?="), "a  Bcc: x@y");
    EXPECT_EQ(value_of("Subject: =?utf-8?Q?a=C2=85b?="), "a b");
}

TEST(header_reader, leaves_out_lines_that_are_no_field)
{
    const auto reader = read("no colon here\r\n continued\r\n: no name\r\nB\xC3\xA4"
                             "d: x\r\nGood : y\r\n\r\n");
    ASSERT_EQ(reader.fields().size(), 1U);
    EXPECT_EQ(reader.fields()[0].name, "Good");
    EXPECT_EQ(reader.fields()[0].value, "y");
    EXPECT_TRUE(read(" starts with a fold\r\n\r\n").fields().empty());
}

TEST(header_reader, takes_a_bare_line_feed_for_a_line_end)
{
    const auto reader = read("Subject: x\nTo: y\n\nFrom: body");
    EXPECT_EQ(reader.fields().size(), 2U);
    EXPECT_EQ(reader.find("From"), nullptr);
}

TEST(header_reader, stops_at_its_limit_as_the_octets_arrive)
{
    header_reader reader;
    const std::string fits = "Subject: " + std::string(header_reader::limit - 13, 'x') + "\r\n";
    EXPECT_EQ(reader.feed(fits), progress::more);
    EXPECT_EQ(reader.feed("\r\n"), progress::complete);

    header_reader longer;
    EXPECT_EQ(longer.feed(fits + "x"), progress::more);
    EXPECT_EQ(longer.feed(":y\r\n"), progress::too_large);
    EXPECT_EQ(longer.feed("\r\n"), progress::too_large);
    longer.finish();
    EXPECT_TRUE(longer.fields().empty());
}

TEST(header_reader, stops_at_a_thousand_fields)
{
    std::string fields;
    for (std::size_t i = 0; i < header_block::most_fields; ++i)
        fields += "A:b\r\n";
    header_reader reader;
    EXPECT_EQ(reader.feed(fields), progress::more);
    EXPECT_EQ(reader.feed("A:b\r\n"), progress::too_large);
}

TEST(header_reader, reads_a_hostile_field_in_little_time)
{
    std::string words = "Subject:";
    while (words.size() < header_reader::limit - 100)
        words += " =?utf-8?B?4pi6?=";
    EXPECT_EQ(value_of(words).substr(0, 3), "☺");
    EXPECT_NE(value_of("Subject: " + std::string(header_reader::limit - 100, '=')), "");
}

} // namespace
} // namespace mail
