#include "encryptor/smime.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace encryptor {
namespace {

using tests::authority;
using tests::curve_recipient;
using tests::opened;
using tests::plain_entity;
using tests::recipient;
using tests::signer;
using tests::written;

/// What OpenSSL's own commands make of it: decrypted by the recipient, then verified.
std::string opened_by_openssl(const std::string& mail, const issued_certificate& by)
{
    const tests::scratch_folder folder;
    folder.write("mail", mail);
    folder.write("recipient.pem", by.certificate_pem + by.key_pem);
    folder.write("authority.pem", authority().certificate_pem);
    folder.run("openssl cms -decrypt -in mail -recip recipient.pem -out signed");
    folder.run("openssl cms -verify -in signed -CAfile authority.pem -out entity");
    return folder.read("entity");
}

struct entity_case {
    const char* name;
    std::string entity;
};

const std::string text_header =
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

std::vector<entity_case> entities()
{
    const std::string attachment =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "<p>Grüße, 日本語</p>\r\n--b\r\nContent-Type: application/octet-stream;\r\n"
        " name*=utf-8''Gr%C3%BC%C3%9Fe.pdf\r\nContent-Disposition: attachment;\r\n"
        " filename=\"Grüße.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n";
    std::string every_octet = text_header;
    for (int octet = 1; octet < 256; ++octet) {
        if (octet != '\r' && octet != '\n') {
            every_octet.push_back(static_cast<char>(octet));
        }
    }
    return {
        {"plain", plain_entity},
        {"with_8bit_text", text_header + "Grüße aus Köln\r\n"},
        {"with_every_octet_but_line_ends", every_octet + "\r\n"},
        {"with_long_lines", text_header + std::string(998, 'x') + "\r\n" + std::string(5000, 'y')},
        {"with_lines_around_the_buffer_of_openssl",
         text_header + std::string(1022, 'x') + "\r\n" + std::string(1023, 'y') + "\r\n" +
             std::string(1024, 'z') + "\r\n"},
        {"with_trailing_white_space", text_header + "one \r\ntwo\t\r\n \r\nthree  "},
        {"with_trailing_empty_lines", text_header + "text\r\n\r\n\r\n\r\n"},
        {"without_final_line_end", text_header + "text"},
        {"with_dashes_and_dots", text_header + "--\r\n.\r\n..\r\n--b--\r\n-- \r\n"},
        {"with_an_attachment", attachment},
        {"without_content_fields", "\r\njust a body\r\n"},
        {"without_body", text_header},
        {"of_one_empty_line", "\r\n"},
        {"larger_than_every_buffer", text_header + std::string(300'000, 'a') + "\r\n"}};
}

class smime_entities : public ::testing::TestWithParam<entity_case> {};

TEST_P(smime_entities, come_out_of_openssl_byte_for_byte)
{
    const std::string mail = written(GetParam().entity, recipient());
    EXPECT_EQ(opened_by_openssl(mail, recipient()), GetParam().entity);
    EXPECT_EQ(opened(mail).entity, GetParam().entity);
}

TEST_P(smime_entities, come_out_byte_for_byte_with_gcm_to_a_curve)
{
    const issued_certificate bob = curve_recipient();
    const std::string mail = written(GetParam().entity, bob, content_cipher::aes_256_gcm, 7777);
    EXPECT_EQ(opened_by_openssl(mail, bob), GetParam().entity);
    EXPECT_EQ(opened(mail, bob).entity, GetParam().entity);
}

INSTANTIATE_TEST_SUITE_P(
    of, smime_entities, ::testing::ValuesIn(entities()), [](const auto& instance) {
        return instance.param.name;
    });

TEST(smime_writer, makes_lines_that_mail_can_carry)
{
    const std::string mail = written(plain_entity, recipient());
    for (std::size_t at = 0; at < mail.size(); ++at) {
        ASSERT_EQ(mail[at] == '\n', at > 0 && mail[at - 1] == '\r') << "bare line end at " << at;
        ASSERT_LT(static_cast<unsigned char>(mail[at]), 0x80);
    }
    EXPECT_TRUE(mail.ends_with("\r\n"));
    EXPECT_TRUE(
        mail.starts_with("Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n"
                         " name=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n"));
}

TEST(smime_writer, names_gcm_as_rfc_8551_does)
{
    const std::string mail = written(plain_entity, recipient(), content_cipher::aes_256_gcm);
    EXPECT_NE(mail.find("smime-type=authEnveloped-data;"), std::string::npos);
}

TEST(smime_writer, chooses_what_every_client_reads)
{
    const tests::scratch_folder folder;
    folder.write("mail", written(plain_entity, recipient()));
    const std::string printed = folder.run("openssl cms -cmsout -print -in mail");
    EXPECT_NE(printed.find("aes-256-cbc"), std::string::npos);
    EXPECT_NE(printed.find("issuerAndSerialNumber"), std::string::npos);
    EXPECT_NE(printed.find("rsaEncryption"), std::string::npos);
}

TEST(smime_writer, agrees_on_a_key_with_sha_256)
{
    const tests::scratch_folder folder;
    folder.write("mail", written(plain_entity, curve_recipient()));
    const std::string printed = folder.run("openssl cms -cmsout -print -in mail");
    EXPECT_NE(printed.find("dhSinglePass-stdDH-sha256kdf-scheme"), std::string::npos) << printed;
    EXPECT_NE(printed.find("id-aes256-wrap"), std::string::npos) << printed;
}

TEST(smime_writer, uses_another_boundary_and_key_each_time)
{
    EXPECT_NE(written(plain_entity, recipient()), written(plain_entity, recipient()));
}

TEST(smime_writer, holds_no_plaintext)
{
    const std::string mail = written(text_header + std::string(5000, 'Q'), recipient());
    EXPECT_EQ(mail.find("UVFRUVFRUVFR"), std::string::npos);
}

TEST(smime_writer, passes_on_octets_before_it_has_them_all)
{
    std::size_t out = 0;
    smime_writer writer(
        signer(),
        recipient().certificate_pem,
        content_cipher::aes_256_cbc,
        [&out](std::string_view part) { out += part.size(); });
    const std::string part(1 << 20, 'x');
    for (std::size_t n = 1; n <= 20; ++n) {
        writer.push(part);
        EXPECT_GT(out, n * part.size());
    }
}

TEST(smime_writer, lets_an_exception_of_the_sink_through)
{
    int calls = 0;
    smime_writer writer(
        signer(),
        recipient().certificate_pem,
        content_cipher::aes_256_cbc,
        [&calls](std::string_view) {
            if (++calls > 3) {
                throw std::out_of_range("the peer is gone");
            }
        });
    const auto write_all = [&writer] {
        for (int n = 0; n < 100; ++n) {
            writer.push(std::string(100'000, 'x'));
        }
    };
    EXPECT_THROW(write_all(), std::out_of_range);
}

TEST(smime_writer, can_be_left_unfinished)
{
    smime_writer writer(
        signer(), recipient().certificate_pem, content_cipher::aes_256_gcm, [](auto) {});
    writer.push("half a mail");
}

TEST(smime_writer, takes_nothing_after_its_end)
{
    smime_writer writer(
        signer(), recipient().certificate_pem, content_cipher::aes_256_cbc, [](auto) {});
    writer.finish();
    EXPECT_THROW(writer.push("more"), std::logic_error);
    EXPECT_THROW(writer.finish(), std::logic_error);
}

TEST(smime_writer, refuses_a_certificate_that_is_not_for_encrypting)
{
    const auto server =
        issue_certificate(authority(), certificate_use::tls_server, "localhost", {"localhost"}, 30);
    EXPECT_THROW(
        smime_writer(signer(), server.certificate_pem, content_cipher::aes_256_cbc, [](auto) {}),
        smime_error);
}

} // namespace
} // namespace encryptor
