#include "gateway/received_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway {
namespace {

received_header seen(
    const std::string& header, bool tls = false, const std::string& ip = "192.0.2.1")
{
    mail::header_reader reader;
    reader.feed(header);
    reader.finish();
    return examine(reader, {{ip, "client.test", tls}, "mx.test", {"0190a000"}, 1'800'000'000'000});
}

const std::string received =
    "Received: from client.test ([192.0.2.1])\r\n\tby mx.test with ESMTP id "
    "0190a000;\r\n\tFri, 15 Jan 2027 08:00:00 +0000\r\n";

TEST(received_header, a_complete_header_only_gets_its_received_field)
{
    const auto header =
        seen("From: a@b.org\r\nSubject: =?UTF-8?Q?f=C3=BCr?= you\r\nMessage-ID: <1@b.org>\r\n"
             "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n\r\n");
    EXPECT_FALSE(header.fault);
    EXPECT_EQ(header.added, received);
    EXPECT_EQ(header.message_id.text, "<1@b.org>");
    EXPECT_EQ(header.subject, "f\xc3\xbcr you");
}

TEST(received_header, gives_what_is_missing)
{
    const auto header = seen("From: a@b.org\r\n\r\n");
    EXPECT_FALSE(header.fault);
    EXPECT_EQ(header.message_id.text, "<0190a000@mx.test>");
    EXPECT_EQ(
        header.added,
        received + "Message-ID: <0190a000@mx.test>\r\nDate: Fri, 15 Jan 2027 08:00:00 +0000\r\n");
    EXPECT_EQ(header.subject, "");
}

TEST(received_header, says_how_the_mail_came)
{
    const auto header = seen("From: a@b.org\r\n\r\n", true, "2001:db8::1");
    EXPECT_NE(header.added.find("([IPv6:2001:db8::1])"), std::string::npos);
    EXPECT_NE(header.added.find("with ESMTPS id"), std::string::npos);
}

TEST(received_header, one_from_field_and_no_other_number)
{
    EXPECT_EQ(seen("Subject: x\r\n\r\n").fault, smtp_outcome::not_one_from);
    EXPECT_EQ(seen("").fault, smtp_outcome::not_one_from);
    EXPECT_EQ(seen("From: a@b.org\r\nFROM: c@d.org\r\n\r\n").fault, smtp_outcome::not_one_from);
}

TEST(received_header, a_message_id_that_names_nothing_is_refused)
{
    EXPECT_EQ(seen("From: a@b.org\r\nMessage-ID: \r\n\r\n").fault, smtp_outcome::bad_message_id);
    EXPECT_EQ(
        seen("From: a@b.org\r\nMessage-ID: <1@b>\r\nMessage-Id: <2@b>\r\n\r\n").fault,
        smtp_outcome::bad_message_id);
    EXPECT_EQ(
        seen("From: a@b.org\r\nMessage-ID:\r\n <" + std::string(998, 'x') + ">\r\n\r\n").fault,
        smtp_outcome::bad_message_id);
}

TEST(received_header, a_long_subject_is_cut_between_characters)
{
    std::string subject = "x";
    for (int letter = 0; letter < 400; ++letter) {
        subject += "\xe2\x82\xac";
    }
    const auto header = seen("From: a@b.org\r\nSubject: " + subject + "\r\n\r\n");
    EXPECT_LE(header.subject.size(), 1000U);
    EXPECT_EQ(header.subject, subject.substr(0, 1 + 3 * 333));
}

} // namespace
} // namespace gateway
