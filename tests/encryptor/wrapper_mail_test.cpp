#include "encryptor/composed_mail.hpp"
#include "encryptor/wrapper_mail.hpp"
#include "mail/mime_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace encryptor {
namespace {

const std::string link = "https://portal.example/m/AAECAwQFBgcICQoLDA0ODw";

mail::address address(const std::string& text)
{
    return mail::address::parse(text).value();
}

wrapper usual()
{
    return {
        "Alice Müller <alice@example.com>",
        address("alice@example.com"),
        address("bob@gmail.com"),
        "Quartalszahlen für März",
        "<abc.123@example.com>",
        "Fri, 20 Nov 2026 09:05:00 +0000",
        "Example GmbH",
        link,
        "2026-12-24 10:00 UTC"};
}

passcode_mail passcode()
{
    return {
        address("no-reply@example.com"),
        address("bob@gmail.com"),
        "Example GmbH",
        "12345678",
        "AB12",
        15,
        "<fresh@example.com>",
        "Fri, 20 Nov 2026 09:05:00 +0000"};
}

std::string header_of(const std::string& octets)
{
    return octets.substr(0, octets.find("\r\n\r\n") + 2);
}

/// Names of the fields, as a mail server would see them.
std::vector<std::string> field_names(const std::string& octets)
{
    std::vector<std::string> names;
    const std::string header = header_of(octets);
    for (std::size_t at = 0; at < header.size(); at = header.find("\r\n", at) + 2) {
        if (header[at] != ' ' && header[at] != '\t') {
            names.push_back(header.substr(at, header.find(':', at) - at));
        }
    }
    return names;
}

void expect_clean_lines(const std::string& octets)
{
    std::size_t length = 0;
    for (std::size_t at = 0; at < octets.size(); ++at) {
        const auto octet = static_cast<unsigned char>(octets[at]);
        ASSERT_LT(octet, 0x80) << "8-bit octet at " << at;
        ASSERT_EQ(octet == '\n', at > 0 && octets[at - 1] == '\r') << "bare line end at " << at;
        length = octet == '\n' ? 0 : length + 1;
        ASSERT_LE(length, 999u) << "long line at " << at;
    }
    EXPECT_TRUE(octets.ends_with("\r\n"));
}

const std::vector<std::string> wrapper_fields{
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "X-Sealpost-Delivery",
    "MIME-Version",
    "Content-Type"};

TEST(wrapper_mail, is_read_as_it_was_meant)
{
    const std::string octets = make_wrapper_mail(usual());
    expect_clean_lines(octets);
    EXPECT_EQ(field_names(octets), wrapper_fields);
    const mail::readable_mail read = mail::read_mail(octets);
    EXPECT_EQ(read.subject, "Quartalszahlen für März");
    EXPECT_NE(read.from.find("Alice Müller"), std::string::npos);
    EXPECT_NE(read.from.find("<alice@example.com>"), std::string::npos);
    EXPECT_EQ(read.to, "bob@gmail.com");
    EXPECT_EQ(read.date, "Fri, 20 Nov 2026 09:05:00 +0000");
    EXPECT_NE(octets.find("\r\nMessage-ID: <abc.123@example.com>\r\n"), std::string::npos);
    EXPECT_NE(octets.find("\r\nX-Sealpost-Delivery: link\r\n"), std::string::npos);
    EXPECT_TRUE(read.attachments.empty());
}

TEST(wrapper_mail, says_the_same_in_text_and_html)
{
    const mail::readable_mail read = mail::read_mail(make_wrapper_mail(usual()));
    for (const std::string& body : {read.text.value(), read.html.value()}) {
        for (const std::string& part :
             {std::string("Alice Müller (alice@example.com) has sent you a protected message."),
              std::string("Quartalszahlen für März"),
              std::string("Read the message"),
              std::string("Example GmbH"),
              std::string("2026-12-24 10:00 UTC"),
              link}) {
            EXPECT_NE(body.find(part), std::string::npos) << part << "\n" << body;
        }
    }
    EXPECT_NE(read.html->find("<a href=\"" + link + "\""), std::string::npos);
    EXPECT_NE(read.html->find(">Read the message</a>"), std::string::npos);
}

TEST(wrapper_mail, says_nothing_of_expiry_when_there_is_none)
{
    wrapper values = usual();
    values.expires.reset();
    const mail::readable_mail read = mail::read_mail(make_wrapper_mail(values));
    EXPECT_EQ(read.html->find("can be read until"), std::string::npos);
    EXPECT_EQ(read.text->find("can be read until"), std::string::npos);
}

TEST(wrapper_mail, needs_nothing_from_elsewhere)
{
    const std::string html = mail::read_mail(make_wrapper_mail(usual())).html.value();
    for (const char* foreign : {"<img", "<script", "<link", "@import", "url(", "src="}) {
        EXPECT_EQ(html.find(foreign), std::string::npos) << foreign;
    }
}

class hostile_values : public ::testing::TestWithParam<std::string> {};

TEST_P(hostile_values, never_make_a_header_field)
{
    wrapper values = usual();
    values.from = GetParam() + " <alice@example.com>";
    values.subject = GetParam();
    values.organisation = GetParam();
    const std::string octets = make_wrapper_mail(values);
    expect_clean_lines(octets);
    EXPECT_EQ(field_names(octets), wrapper_fields);

    passcode_mail code = passcode();
    code.organisation = GetParam();
    code.reference = GetParam();
    const std::string other = make_passcode_mail(code);
    expect_clean_lines(other);
    EXPECT_EQ(field_names(other).size(), 9u);
    EXPECT_EQ(other.find("\r\nBcc:"), std::string::npos);
}

TEST_P(hostile_values, never_stand_in_a_plain_field)
{
    wrapper values = usual();
    values.message_id = "<a@b>" + GetParam();
    values.date = GetParam();
    values.from = GetParam();
    const std::string octets = make_wrapper_mail(values);
    expect_clean_lines(octets);
    for (const std::string& name : field_names(octets)) {
        EXPECT_TRUE(std::ranges::find(wrapper_fields, name) != wrapper_fields.end()) << name;
    }
    EXPECT_EQ(mail::read_mail(octets).from, "alice@example.com");
}

INSTANTIATE_TEST_SUITE_P(
    table,
    hostile_values,
    ::testing::Values(
        "x\r\nBcc: eve@example.org",
        "x\nBcc: eve@example.org",
        "x\rBcc: eve@example.org",
        "x\r\n\r\n<script>alert(1)</script>",
        "x\r\n Bcc: eve@example.org",
        std::string("x\0\r\nBcc: eve@example.org", 24),
        "x\x0b\x0c\x1b[2J\x7f",
        "x\xc2\x85"
        "Bcc: eve@example.org",
        "x\xe2\x80\xa8"
        "Bcc: eve@example.org",
        "=?utf-8?q?x=0D=0ABcc=3A_eve@example.org?=",
        "\xff\xfe\x80 not UTF-8",
        "\"><script>alert(1)</script>",
        "\xe2\x80\xae"
        "gro.elpmaxe@ecila",
        std::string(50'000, 'a'),
        std::string(50'000, '\xc3'),
        "{{LINK}} {{#EXPIRES}}"));

std::string sender_line(const std::string& from)
{
    wrapper values = usual();
    values.from = from;
    values.sender = address("envelope@example.com");
    const std::string text = mail::read_mail(make_wrapper_mail(values)).text.value();
    const std::size_t end = text.find(" has sent you");
    const std::size_t start = text.rfind('\n', end) + 1;
    return text.substr(start, end - start);
}

TEST(wrapper_mail, shows_who_sent_it)
{
    EXPECT_EQ(sender_line("Alice <alice@example.com>"), "Alice (alice@example.com)");
    EXPECT_EQ(sender_line("alice@example.com"), "alice@example.com");
    EXPECT_EQ(sender_line("<alice@example.com>"), "alice@example.com");
    EXPECT_EQ(sender_line("Müller, Hans <h@example.com>"), "Müller, Hans (h@example.com)");
    EXPECT_EQ(sender_line("\"Müller, \\\"Hans\\\"\" <h@x.de>"), "Müller, \"Hans\" (h@x.de)");
    EXPECT_EQ(sender_line("\"a<b\" <h@example.com>"), "a<b (h@example.com)");
    EXPECT_EQ(sender_line("A <a@x.de>, B <b@x.de>"), "A (a@x.de)");
}

TEST(wrapper_mail, shows_the_envelope_sender_when_the_field_says_nothing)
{
    for (const char* from : {"", "Alice", "Alice <>", "Alice <not an address>", ">Alice<", "<"}) {
        EXPECT_EQ(sender_line(from), "envelope@example.com") << from;
    }
}

TEST(wrapper_mail, shows_the_true_address_behind_a_name_that_looks_like_one)
{
    EXPECT_EQ(sender_line("\"ceo@example.com\" <eve@evil.org>"), "ceo@example.com (eve@evil.org)");
}

TEST(wrapper_mail, escapes_what_others_wrote)
{
    wrapper values = usual();
    values.subject = "<img src=x onerror=alert(1)>";
    values.from = "<b>Alice</b> <alice@example.com>";
    values.organisation = "<h1>";
    const std::string html = mail::read_mail(make_wrapper_mail(values)).html.value();
    EXPECT_EQ(html.find("<img"), std::string::npos);
    EXPECT_EQ(html.find("<b>"), std::string::npos);
    EXPECT_EQ(html.find("<h1>"), std::string::npos);
}

TEST(wrapper_mail, leaves_out_a_message_id_and_a_date_it_does_not_have)
{
    wrapper values = usual();
    values.date.clear();
    values.message_id = "no brackets";
    const auto names = field_names(make_wrapper_mail(values));
    EXPECT_TRUE(std::ranges::find(names, "Date") == names.end());
    EXPECT_TRUE(std::ranges::find(names, "Message-ID") == names.end());
}

TEST(passcode_mail, carries_the_code_the_reference_and_the_minutes)
{
    const std::string octets = make_passcode_mail(passcode());
    expect_clean_lines(octets);
    EXPECT_EQ(
        field_names(octets),
        (std::vector<std::string>{
            "Date",
            "From",
            "To",
            "Subject",
            "Message-ID",
            "Auto-Submitted",
            "X-Sealpost-Kind",
            "MIME-Version",
            "Content-Type"}));
    EXPECT_NE(octets.find("\r\nX-Sealpost-Kind: passcode\r\n"), std::string::npos);
    EXPECT_NE(octets.find("\r\nAuto-Submitted: auto-generated\r\n"), std::string::npos);
    const mail::readable_mail read = mail::read_mail(octets);
    EXPECT_EQ(read.subject.find("12345678"), std::string::npos) << "shown on locked screens";
    for (const std::string& body : {read.text.value(), read.html.value()}) {
        EXPECT_NE(body.find("12345678"), std::string::npos);
        EXPECT_NE(body.find("AB12"), std::string::npos);
        EXPECT_NE(body.find("valid for 15 minutes"), std::string::npos);
        EXPECT_NE(body.find("will ever ask you for this passcode"), std::string::npos);
    }
}

TEST(composed_mail, folds_and_encodes_display_text)
{
    composed_mail made;
    const std::string words =
        "many short words that go on " + std::string(40, 'w') + " and on and on";
    made.text_field("Subject", words);
    made.address_field("From", std::string(190, 'n') + "ö", "a@b.example");
    const std::string octets = made.finish("text", "<p>html</p>");
    expect_clean_lines(octets);
    const mail::readable_mail read = mail::read_mail(octets);
    EXPECT_EQ(read.subject, words);
    EXPECT_NE(read.from.find(std::string(190, 'n') + "ö"), std::string::npos);
}

TEST(display_text, is_one_clean_line)
{
    EXPECT_EQ(display_text(" a\r\n\tb "), "a   b");
    EXPECT_EQ(
        display_text("a\xe2\x80\xae"
                     "b\xe2\x81\xa6"
                     "c"),
        "abc");
    EXPECT_EQ(display_text("äöü", 4), "äö…");
    EXPECT_EQ(display_text("\xff"), "\xef\xbf\xbd");
    EXPECT_EQ(display_text("\r\n"), "");
}

} // namespace
} // namespace encryptor
