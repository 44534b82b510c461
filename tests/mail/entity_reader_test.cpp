#include "mail/entity_reader.hpp"
#include "mail/mime_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

const std::string mixed_mail = "From: a@example.com\r\n"
                               "MIME-Version: 1.0\r\n"
                               "Subject: x\r\n"
                               "content-type: text/plain;\r\n\tcharset=utf-8\r\n"
                               "To: b@example.org\r\n"
                               "Content-Transfer-Encoding: 8bit\r\n"
                               "\r\n"
                               "body\r\n\r\n.more: body\r\n";
const std::string its_entity = "MIME-Version: 1.0\r\n"
                               "content-type: text/plain;\r\n\tcharset=utf-8\r\n"
                               "Content-Transfer-Encoding: 8bit\r\n"
                               "\r\n"
                               "body\r\n\r\n.more: body\r\n";

TEST(entity_reader, keeps_the_content_fields_and_the_body_byte_for_byte)
{
    EXPECT_EQ(body_of(mixed_mail), its_entity);
}

TEST(entity_reader, cuts_out_the_same_entity_however_the_octets_arrive)
{
    for (std::size_t piece = 1; piece <= mixed_mail.size(); ++piece) {
        entity_reader reader;
        std::string entity;
        for (std::size_t at = 0; at < mixed_mail.size(); at += piece)
            entity += reader.feed(std::string_view(mixed_mail).substr(at, piece));
        entity += reader.finish();
        ASSERT_EQ(entity, its_entity) << piece;
    }
}

TEST(entity_reader, gives_an_entity_of_its_body_alone_when_no_field_belongs_to_it)
{
    EXPECT_EQ(body_of("Subject: x\r\n\r\nhello"), "\r\nhello");
    EXPECT_EQ(body_of("\r\nhello"), "\r\nhello");
}

TEST(entity_reader, adds_the_empty_line_that_a_mail_without_body_lacks)
{
    EXPECT_EQ(body_of("Content-Type: text/html\r\n"), "Content-Type: text/html\r\n\r\n");
    EXPECT_EQ(body_of("Content-Type: text/html"), "Content-Type: text/html\r\n\r\n");
    EXPECT_EQ(body_of(""), "\r\n");
}

TEST(entity_reader, hands_the_body_on_without_keeping_it)
{
    entity_reader reader;
    reader.feed("Subject: x\r\n\r\n");
    const std::string body(1 << 20, 'x');
    EXPECT_EQ(reader.feed(body).data(), body.data());
    EXPECT_EQ(reader.finish(), "");
}

TEST(entity_reader, gives_nothing_of_a_mail_whose_header_is_too_large)
{
    const std::string mail =
        "Content-Type: " + std::string(header_block::limit, 'x') + "\r\n\r\nbody";
    entity_reader reader;
    EXPECT_EQ(reader.feed(mail), "");
    EXPECT_TRUE(reader.too_large());
    EXPECT_EQ(reader.finish(), "");
    EXPECT_THROW(body_of(mail), unreadable_mail);
}

} // namespace
} // namespace mail
