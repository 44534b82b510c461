#include "cli/compose_mail.hpp"
#include "mail/mime_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

cli::mail_parts sample()
{
    cli::mail_parts parts;
    parts.from = "me@contoso.com";
    parts.to = {"carol@gmail.com", "dave@example.org"};
    parts.subject = "Übersicht — план";
    parts.text = "Grüße\n.\nFrom here = there \nend";
    parts.html = "<p>Grüße</p>";
    parts.message_id = "<1@contoso.com>";
    parts.date = "Tue, 24 Nov 2026 10:00:00 +0000";
    parts.boundary = "=_b";
    return parts;
}

TEST(compose_mail, is_read_as_it_was_meant)
{
    cli::mail_parts parts = sample();
    std::string octets;
    for (int octet = 0; octet < 256; ++octet)
        octets += static_cast<char>(octet);
    parts.attachments = {{"план \"A\".bin", octets}, {"empty.txt", ""}};
    const mail::readable_mail read = mail::read_mail(cli::compose_mail(parts));
    EXPECT_EQ(read.subject, parts.subject);
    EXPECT_EQ(read.message_id, "<1@contoso.com>");
    ASSERT_TRUE(read.text && read.html);
    EXPECT_NE(read.text->find("Grüße"), std::string::npos);
    EXPECT_NE(read.text->find("From here = there"), std::string::npos);
    EXPECT_NE(read.html->find("<p>Grüße</p>"), std::string::npos);
    ASSERT_EQ(read.attachments.size(), 2u);
    EXPECT_EQ(read.attachments[0].name, "план \"A\".bin");
    EXPECT_EQ(read.attachments[0].octets, octets);
    EXPECT_EQ(read.attachments[1].octets, "");
}

TEST(compose_mail, has_short_lines_of_seven_bits_with_crlf)
{
    cli::mail_parts parts = sample();
    parts.text = std::string(5000, 'x') + "ü";
    parts.attachments = {{"a.bin", std::string(1000, '\xff')}};
    const std::string mail = cli::compose_mail(parts);
    EXPECT_TRUE(std::all_of(
        mail.begin(), mail.end(), [](char c) { return static_cast<unsigned char>(c) < 128; }));
    std::size_t begin = 0;
    for (std::size_t end = mail.find('\n'); end != std::string::npos;
         end = mail.find('\n', begin)) {
        ASSERT_TRUE(end > 0 && mail[end - 1] == '\r');
        EXPECT_LE(end - begin, 79u);
        begin = end + 1;
    }
    EXPECT_EQ(begin, mail.size());
}

TEST(compose_mail, one_kind_of_body_needs_no_alternatives)
{
    cli::mail_parts parts = sample();
    parts.html.reset();
    EXPECT_EQ(cli::compose_mail(parts).find("multipart"), std::string::npos);
    parts.text.reset();
    EXPECT_TRUE(mail::read_mail(cli::compose_mail(parts)).text);
}

TEST(compose_mail, a_subject_cannot_smuggle_a_header)
{
    cli::mail_parts parts = sample();
    parts.subject = "Hi\r\nBcc: eve@example.org";
    EXPECT_EQ(cli::compose_mail(parts).find("\r\nBcc:"), std::string::npos);
}

TEST(encoded_header, cuts_long_texts_between_characters_into_words_of_at_most_75)
{
    EXPECT_EQ(cli::encoded_header("plain"), "plain");
    EXPECT_EQ(cli::encoded_header("Über"), "=?utf-8?B?w5xiZXI=?=");
    // 38 octets, then a character of two: it goes into the next word.
    EXPECT_EQ(
        cli::encoded_header(std::string(38, 'x') + "ü!"),
        "=?utf-8?B?eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=?=\r\n =?utf-8?B?w7wh?=");
}

TEST(with_crlf, makes_every_line_end_the_same)
{
    EXPECT_EQ(cli::with_crlf("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd");
    EXPECT_EQ(cli::with_crlf("\n\r\n\r"), "\r\n\r\n\r\n");
    EXPECT_EQ(cli::with_crlf(""), "");
}

} // namespace
