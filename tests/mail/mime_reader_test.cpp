#include "mail/mime_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

std::string joined(std::initializer_list<std::string_view> lines)
{
    std::string text;
    for (const std::string_view line : lines)
        text += std::string(line) + "\r\n";
    return text;
}

/// A mail whose whole body is one attachment with these fields.
attachment only_attachment(std::string_view fields)
{
    const std::string fold(fields);
    auto mail = read_mail(fold + "\r\n\r\nx");
    EXPECT_EQ(mail.attachments.size(), 1U);
    return mail.attachments.empty() ? attachment() : mail.attachments.front();
}

TEST(mime_reader, reads_a_plain_mail)
{
    const auto mail = read_mail(joined(
        {"From: =?utf-8?Q?J=C3=B6rg?= <j@example.com>",
         "To: b@example.org",
         "Cc: c@example.org",
         "Subject: Hello",
         "Date: Fri, 20 Nov 2026 09:05:00 +0000",
         "Message-ID: <1@example.com>",
         "",
         "Hello",
         "there"}));
    EXPECT_EQ(mail.from, "Jörg <j@example.com>");
    EXPECT_EQ(mail.to, "b@example.org");
    EXPECT_EQ(mail.cc, "c@example.org");
    EXPECT_EQ(mail.subject, "Hello");
    EXPECT_EQ(mail.date, "Fri, 20 Nov 2026 09:05:00 +0000");
    EXPECT_EQ(mail.message_id, "<1@example.com>");
    EXPECT_EQ(mail.text, "Hello\r\nthere\r\n");
    EXPECT_FALSE(mail.html);
    EXPECT_TRUE(mail.attachments.empty());
}

const std::string report = joined(
    {"Content-Type: multipart/mixed; boundary=outer",
     "",
     "preamble",
     "--outer",
     "Content-Type: multipart/alternative; boundary=\"in ner\"",
     "",
     "--in ner",
     "Content-Type: text/plain; charset=iso-8859-1",
     "Content-Transfer-Encoding: quoted-printable",
     "",
     "Gr=FC=DFe =",
     "again",
     "--in ner",
     "Content-Type: multipart/related; boundary=rel",
     "",
     "--rel",
     "Content-Type: text/html; charset=utf-8",
     "Content-Transfer-Encoding: base64",
     "",
     "PGltZyBzcmM9ImNpZDpsb2dvJTQweCI+PGI+R3LDvMOfZTwvYj4=",
     "--rel",
     "Content-Type: image/png; name=logo.png",
     "Content-ID: <logo@x>",
     "Content-Transfer-Encoding: base64",
     "",
     "iVBORw==",
     "--rel--",
     "--in ner--",
     "--outer",
     "Content-Type: application/pdf",
     "Content-Disposition: attachment; filename*=utf-8''B%C3%A4rte.pdf",
     "Content-Transfer-Encoding: base64",
     "",
     "JVBERi0=",
     "--outer--",
     "epilogue"});

TEST(mime_reader, finds_text_html_pictures_and_files)
{
    const auto mail = read_mail(report);
    EXPECT_EQ(mail.text, "Grüße again");
    EXPECT_EQ(mail.html, "<img src=\"cid:logo%40x\"><b>Grüße</b>");
    ASSERT_EQ(mail.attachments.size(), 2U);
    EXPECT_EQ(mail.attachments[0].name, "logo.png");
    EXPECT_EQ(mail.attachments[0].content_id, "logo@x");
    EXPECT_TRUE(mail.attachments[0].in_line);
    EXPECT_EQ(mail.attachments[0].octets, "\x89PNG");
    EXPECT_EQ(mail.attachments[1].name, "Bärte.pdf");
    EXPECT_EQ(mail.attachments[1].media_type, "application/pdf");
    EXPECT_FALSE(mail.attachments[1].in_line);
    EXPECT_EQ(mail.attachments[1].octets, "%PDF-");
}

TEST(mime_reader, reads_names_as_mailers_write_them)
{
    const std::string type =
        "Content-Type: application/pdf\r\nContent-Disposition: attachment;\r\n ";
    EXPECT_EQ(only_attachment(type + "filename=\"a b.pdf\"").name, "a b.pdf");
    EXPECT_EQ(only_attachment(type + "filename*=iso-8859-1'de'B%E4r.pdf").name, "Bär.pdf");
    EXPECT_EQ(
        only_attachment(type + "filename*0*=utf-8''B%C3;\r\n filename*1*=%A4r.pdf").name,
        "Bär.pdf");
    EXPECT_EQ(only_attachment(type + "filename=\"=?utf-8?Q?B=C3=A4r.pdf?=\"").name, "Bär.pdf");
    EXPECT_EQ(only_attachment(type + "filename=\"B\xC3\xA4r.pdf\"").name, "Bär.pdf");
    EXPECT_EQ(only_attachment(type + "filename=\"../../B.pdf\"").name, "B.pdf");
    EXPECT_EQ(only_attachment("Content-Type: application/pdf; name=\"n.pdf\"").name, "n.pdf");
    EXPECT_EQ(only_attachment(type + "filename=\"\"").name, "attachment-1.pdf");
    EXPECT_EQ(only_attachment("Content-Type: image/png").name, "attachment-1.png");
}

TEST(mime_reader, gives_an_attached_mail_as_a_file_and_does_not_enter_it)
{
    const auto mail = read_mail(joined(
        {"Content-Type: multipart/mixed; boundary=b",
         "",
         "--b",
         "",
         "see below",
         "--b",
         "Content-Type: message/rfc822",
         "",
         "Subject: inner",
         "Content-Type: text/html",
         "",
         "<p>inner</p>",
         "--b--"}));
    EXPECT_EQ(mail.text, "see below");
    EXPECT_FALSE(mail.html);
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].name, "attachment-1.eml");
    EXPECT_EQ(
        mail.attachments[0].octets,
        "Subject: inner\r\nContent-Type: text/html\r\n\r\n<p>inner</p>");
}

TEST(mime_reader, takes_the_last_alternative_and_loses_no_further_text)
{
    const auto mail = read_mail(joined(
        {"Content-Type: multipart/mixed; boundary=o",
         "",
         "--o",
         "Content-Type: multipart/alternative; boundary=i",
         "",
         "--i",
         "Content-Type: text/html",
         "",
         "poor",
         "--i",
         "Content-Type: text/html",
         "",
         "rich",
         "--i--",
         "--o",
         "Content-Type: text/plain",
         "",
         "the list's footer",
         "--o--"}));
    EXPECT_EQ(mail.html, "rich");
    EXPECT_FALSE(mail.text);
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].octets, "the list's footer");
}

TEST(mime_reader, shows_a_text_that_is_a_file_as_a_file)
{
    const auto mail = read_mail(joined(
        {"Content-Type: multipart/mixed; boundary=o",
         "",
         "--o",
         "Content-Type: text/plain; name=notes.txt",
         "",
         "notes",
         "--o",
         "Content-Type: text/html",
         "Content-Disposition: attachment",
         "",
         "<script>",
         "--o--"}));
    EXPECT_FALSE(mail.text);
    EXPECT_FALSE(mail.html);
    ASSERT_EQ(mail.attachments.size(), 2U);
    EXPECT_EQ(mail.attachments[1].name, "attachment-2.html");
}

TEST(mime_reader, reads_parts_of_a_digest_as_mails)
{
    const auto mail = read_mail(joined(
        {"Content-Type: multipart/digest; boundary=o",
         "",
         "--o",
         "",
         "Subject: a",
         "",
         "b",
         "--o--"}));
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].media_type, "message/rfc822");
}

TEST(mime_reader, keeps_binary_octets_as_they_are)
{
    std::string octets;
    for (int i = 0; i < 256; ++i)
        octets += static_cast<char>(i);
    const auto mail = read_mail("Content-Type: application/octet-stream\r\n\r\n" + octets);
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].octets, octets);
}

} // namespace
} // namespace mail
