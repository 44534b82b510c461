#include "encryptor/inline_mail.hpp"
#include "mail/mime_reader.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace encryptor {
namespace {

using tests::recipient;

const std::string original = "Received: from a by b; Fri, 20 Nov 2026 09:05:00 +0000\r\n"
                             "From: =?utf-8?q?Alice_M=C3=BCller?= <alice@example.com>\r\n"
                             "Sender: secretary@example.com\r\n"
                             "To: bob@contoso.com,\r\n\tcarol@contoso.com\r\n"
                             "X-Sealpost-Delivery: plain\r\n"
                             "Subject: Numbers\r\n"
                             "MIME-version: 1.0\r\n"
                             "Message-ID: <abc@example.com>\r\n"
                             "content-type: text/plain;\r\n charset=utf-8\r\n"
                             "Content-Transfer-Encoding: 8bit\r\n"
                             "\r\n"
                             "Grüße \r\n\r\n.\r\n\r\n";

const std::string original_entity =
    "MIME-version: 1.0\r\ncontent-type: text/plain;\r\n charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße \r\n\r\n.\r\n\r\n";

std::string made(std::string_view octets, std::size_t step)
{
    std::string out;
    inline_mail mail(
        tests::signer(),
        recipient().certificate_pem,
        content_cipher::aes_256_cbc,
        [&out](std::string_view part) { out += part; });
    for (; !octets.empty(); octets.remove_prefix(std::min(step, octets.size()))) {
        mail.push(octets.substr(0, step));
    }
    mail.finish();
    return out;
}

std::string opened(const std::string& octets)
{
    return open_smime(
               octets,
               recipient().certificate_pem,
               recipient().key_pem,
               tests::authority().certificate_pem)
        .entity;
}

TEST(inline_mail, keeps_the_header_and_seals_the_entity)
{
    for (const std::size_t step : {1ul, 7ul, 100'000ul}) {
        const std::string out = made(original, step);
        EXPECT_TRUE(out.starts_with(
            "Received: from a by b; Fri, 20 Nov 2026 09:05:00 +0000\r\n"
            "From: =?utf-8?q?Alice_M=C3=BCller?= <alice@example.com>\r\n"
            "To: bob@contoso.com,\r\n\tcarol@contoso.com\r\n"
            "Subject: Numbers\r\n"
            "Message-ID: <abc@example.com>\r\n"
            "Sender: <encryption@example.com>\r\n"
            "X-Sealpost-Delivery: inline\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n"));
        EXPECT_EQ(opened(out), original_entity);
    }
}

TEST(inline_mail, entity_is_the_one_that_mail_calls_the_body)
{
    EXPECT_EQ(opened(made(original, 50)), mail::body_of(original));
}

TEST(inline_mail, opens_with_openssl_as_a_whole_mail)
{
    const tests::scratch_folder folder;
    folder.write("mail", made(original, 50));
    folder.write("recipient.pem", recipient().certificate_pem + recipient().key_pem);
    folder.write("authority.pem", tests::authority().certificate_pem);
    folder.run("openssl cms -decrypt -in mail -recip recipient.pem -out signed");
    folder.run("openssl cms -verify -in signed -CAfile authority.pem -out entity");
    EXPECT_EQ(folder.read("entity"), original_entity);
}

TEST(inline_mail, is_read_by_a_mail_reader)
{
    const mail::readable_mail read = mail::read_mail(made(original, 50));
    EXPECT_EQ(read.subject, "Numbers");
    EXPECT_EQ(read.message_id, "<abc@example.com>");
    ASSERT_EQ(read.attachments.size(), 1u);
    EXPECT_EQ(read.attachments[0].name, "smime.p7m");
}

TEST(inline_mail, takes_a_mail_without_body_or_without_header)
{
    EXPECT_EQ(
        opened(made("Subject: x\r\nContent-Type: text/plain\r\n", 10)),
        "Content-Type: text/plain\r\n\r\n");
    EXPECT_EQ(opened(made("\r\nbody\r\n", 10)), "\r\nbody\r\n");
    EXPECT_EQ(opened(made("", 10)), "\r\n");
}

TEST(inline_mail, refuses_a_header_without_end)
{
    EXPECT_THROW(made("Subject: " + std::string(200'000, 'x'), 1000), smime_error);
}

TEST(inline_mail, refuses_a_recipient_it_cannot_encrypt_to)
{
    inline_mail mail(tests::signer(), "no certificate", content_cipher::aes_256_cbc, [](auto) {});
    EXPECT_THROW(mail.push(original), smime_error);
}

} // namespace
} // namespace encryptor
