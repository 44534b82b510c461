#include "gateway/bounce.hpp"
#include "mail/mime_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace gateway {
namespace {

failure_notice values()
{
    failure_notice some;
    some.host_name = "mx.example.org";
    some.notice_id = "0190aaaa-0000-7000-8000-000000000001";
    some.time = 1'800'000'100'000;
    some.message.text = "0190a000-0000-7000-8000-000000000001";
    some.message_id.text = "<1@example.com>";
    some.sender = *mail::address::parse("alice@example.com");
    some.subject = "Numbers";
    some.accepted = 1'800'000'000'000;
    some.recipient = *mail::address::parse("bob@example.net");
    some.reply = "550 5.1.1 no such user";
    return some;
}

TEST(bounce, is_a_delivery_report_word_for_word)
{
    EXPECT_EQ(
        make_failure_notice(values()),
        "From: Mail Delivery System <postmaster@mx.example.org>\r\n"
        "To: <alice@example.com>\r\n"
        "Subject: Undelivered mail returned to sender\r\n"
        "Date: Fri, 15 Jan 2027 08:01:40 +0000\r\n"
        "Message-ID: <0190aaaa-0000-7000-8000-000000000001@mx.example.org>\r\n"
        "In-Reply-To: <1@example.com>\r\n"
        "Auto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status;\r\n"
        "\tboundary=\"=_0190aaaa-0000-7000-8000-000000000001\"\r\n"
        "\r\n"
        "--=_0190aaaa-0000-7000-8000-000000000001\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        "\r\n"
        "Your mail could not be delivered to\r\n"
        "\r\n"
        "    <bob@example.net>\r\n"
        "\r\n"
        "The reason given was:\r\n"
        "\r\n"
        "    550 5.1.1 no such user\r\n"
        "\r\n"
        "Its number at this gateway is 0190a000-0000-7000-8000-000000000001.\r\n"
        "\r\n"
        "--=_0190aaaa-0000-7000-8000-000000000001\r\n"
        "Content-Type: message/delivery-status\r\n"
        "\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n"
        "Arrival-Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
        "\r\n"
        "Final-Recipient: rfc822; bob@example.net\r\n"
        "Action: failed\r\n"
        "Status: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        "Last-Attempt-Date: Fri, 15 Jan 2027 08:01:40 +0000\r\n"
        "\r\n"
        "--=_0190aaaa-0000-7000-8000-000000000001\r\n"
        "Content-Type: text/rfc822-headers\r\n"
        "\r\n"
        "From: <alice@example.com>\r\n"
        "To: <bob@example.net>\r\n"
        "Subject: Numbers\r\n"
        "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
        "Message-ID: <1@example.com>\r\n"
        "\r\n"
        "--=_0190aaaa-0000-7000-8000-000000000001--\r\n");
}

TEST(bounce, is_read_by_a_mail_reader)
{
    const auto read = mail::read_mail(make_failure_notice(values()));
    EXPECT_EQ(read.subject, "Undelivered mail returned to sender");
    ASSERT_TRUE(read.text);
    EXPECT_NE(read.text->find("550 5.1.1 no such user"), std::string::npos);
}

TEST(bounce, a_foreign_subject_is_encoded_between_characters)
{
    auto some = values();
    some.subject = "Zahlen f\xc3\xbcr M\xc3\xa4rz";
    EXPECT_NE(
        make_failure_notice(some).find("Subject: =?UTF-8?B?WmFobGVuIGbDvHIgTcOkcno=?=\r\n"),
        std::string::npos);
    some.subject.clear();
    for (int letter = 0; letter < 100; ++letter) {
        some.subject += "\xe2\x82\xac";
    }
    const auto notice = make_failure_notice(some);
    EXPECT_TRUE(std::none_of(notice.begin(), notice.end(), [](char octet) {
        return static_cast<unsigned char>(octet) >= 0x80;
    }));
    EXPECT_NE(notice.find("?=\r\n =?UTF-8?B?"), std::string::npos) << "folded";
}

TEST(bounce, nothing_a_peer_or_sender_says_becomes_a_field_of_its_own)
{
    auto some = values();
    some.reply = "550 no\r\nBcc: eve@example.com";
    some.subject = "x\r\nBcc: eve@example.com";
    some.message_id.text = "<1@x>\r\nBcc: eve@example.com";
    EXPECT_EQ(make_failure_notice(some).find("\r\nBcc:"), std::string::npos);
}

TEST(bounce, status_comes_from_the_reply_where_it_has_one)
{
    EXPECT_EQ(status_of("550 5.7.26 not authentic"), "5.7.26");
    EXPECT_EQ(status_of("552 5.3.4"), "5.3.4");
    for (const auto* reply :
         {"550 no", "", "too late", "451 4.3.0 later", "550 5.x.y z", "550 5.1 z"}) {
        EXPECT_EQ(status_of(reply), "5.0.0") << reply;
    }
}

} // namespace
} // namespace gateway
