#include "mail/mime_reader.hpp"

#include <glib.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mail {
namespace {

std::string multipart(std::size_t parts)
{
    std::string mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (std::size_t i = 0; i < parts; ++i)
        mail += "--b\r\n\r\nx\r\n";
    return mail + "--b--\r\n";
}

std::string nested(std::size_t depth)
{
    std::string mail;
    for (std::size_t i = 0; i < depth; ++i)
        mail += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                std::to_string(i) + "\r\n";
    return mail + "\r\ndeep";
}

TEST(hostile_mime, may_have_a_thousand_parts_and_no_more)
{
    EXPECT_EQ(read_mail(multipart(most_parts - 1)).attachments.size(), most_parts - 2);
    EXPECT_THROW(read_mail(multipart(most_parts)), unreadable_mail);
    EXPECT_THROW(read_mail(multipart(100'000)), unreadable_mail);
    EXPECT_THROW(read_mail(multipart(2'000'000)), unreadable_mail);
}

TEST(hostile_mime, may_be_fifty_deep_and_no_more)
{
    EXPECT_EQ(read_mail(nested(deepest_part)).text, "deep");
    EXPECT_THROW(read_mail(nested(deepest_part + 1)), unreadable_mail);
    EXPECT_THROW(read_mail(nested(10'000)), unreadable_mail);
}

TEST(hostile_mime, may_hold_64_mebibytes_and_no_more)
{
    const std::string header = "Content-Type: application/octet-stream\r\n\r\n";
    EXPECT_EQ(
        read_mail(header + std::string(most_decoded_octets, 'x')).attachments.front().octets.size(),
        most_decoded_octets);
    EXPECT_THROW(read_mail(header + std::string(most_decoded_octets + 1, 'x')), unreadable_mail);
}

TEST(hostile_mime, may_not_have_endless_headers)
{
    EXPECT_THROW(read_mail("Subject: " + std::string(200'000, 'x')), unreadable_mail);
    EXPECT_THROW(
        read_mail(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: " +
            std::string(200'000, 'x')),
        unreadable_mail);
}

TEST(hostile_mime, with_broken_boundaries_is_read_as_well_as_can_be)
{
    const std::string type = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    EXPECT_EQ(read_mail(type + "no delimiter").text, "no delimiter");
    EXPECT_EQ(
        read_mail("Content-Type: multipart/mixed\r\n\r\n--\r\nno boundary").text,
        "--\r\nno boundary");
    EXPECT_EQ(
        read_mail("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\nx").text, "--\r\nx");
    EXPECT_EQ(read_mail(type + "--b\r\n\r\nnever closed").text, "never closed");
    EXPECT_EQ(read_mail(type + "--b--\r\nclosed at once").text, "--b--\r\nclosed at once");
    EXPECT_EQ(read_mail(type + "--b  \r\n\r\nspaces\r\n--b--  \r\n").text, "spaces");
    EXPECT_EQ(
        read_mail(type + "--b\r\n\r\nlonger --b\r\n--bx\r\nx--b\r\n").text,
        "longer --b\r\n--bx\r\nx--b\r\n");
    EXPECT_EQ(read_mail(type + "--b\n\nline feeds\n--b--\n").text, "line feeds");
    EXPECT_EQ(read_mail(type + "--b").text, "");
    EXPECT_EQ(read_mail(type + "--b\r\n--b\r\n--b--").attachments.size(), 1U);
}

TEST(hostile_mime, ends_an_inner_multipart_at_the_outer_boundary)
{
    const auto mail = read_mail("Content-Type: multipart/mixed; boundary=o\r\n\r\n"
                                "--o\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
                                "--i\r\n\r\ninner\r\n"
                                "--o\r\nContent-Type: image/png\r\n\r\nouter\r\n--o--\r\n");
    EXPECT_EQ(mail.text, "inner");
    ASSERT_EQ(mail.attachments.size(), 1U);
    EXPECT_EQ(mail.attachments[0].octets, "outer");
}

TEST(hostile_mime, with_bad_encodings_and_types_is_read_as_well_as_can_be)
{
    const auto text_of = [](const std::string& fields, const std::string& body) {
        return read_mail(fields + "\r\n\r\n" + body).text.value_or("none");
    };
    EXPECT_EQ(text_of("Content-Transfer-Encoding: base64", "SGVs!!bG8\r\n*"), "Hello");
    EXPECT_EQ(text_of("Content-Transfer-Encoding: x-unheard-of", "as is"), "as is");
    EXPECT_EQ(text_of("Content-Transfer-Encoding: quoted-printable", "a=ZZb="), "a=ZZb");
    EXPECT_EQ(text_of("Content-Type: text/plain; charset=\"../../evil\"", "caf\xE9"), "café");
    EXPECT_EQ(
        text_of("Content-Type: text/plain; charset=utf-16", "odd"),
        text_of("Content-Type: text/plain; charset=utf-16", "odd"));
    EXPECT_NO_THROW(read_mail("Content-Type: \r\n\r\nx"));
    EXPECT_NO_THROW(read_mail("Content-Type: /;;;=\"\r\nContent-Disposition: ;filename\r\n\r\nx"));
    EXPECT_NO_THROW(read_mail(""));
    EXPECT_NO_THROW(read_mail("\r\n"));
}

TEST(hostile_mime, made_of_chance_gives_valid_text_or_is_refused)
{
    const std::string seed = multipart(5) + nested(4);
    std::mt19937 chance(7);
    const auto valid = [](const std::string& text) {
        return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
    };
    for (int round = 0; round < 2000; ++round) {
        std::string mail = seed;
        for (int flips = 0; flips < 20; ++flips)
            mail[chance() % mail.size()] = static_cast<char>(chance());
        const auto read = read_mail(mail);
        EXPECT_TRUE(
            valid(read.text.value_or("")) && valid(read.html.value_or("")) && valid(read.subject));
        for (const attachment& each : read.attachments) {
            EXPECT_TRUE(valid(each.name) && !each.name.empty());
            EXPECT_TRUE(valid(each.media_type) && valid(each.content_id));
        }
    }
}

} // namespace
} // namespace mail
