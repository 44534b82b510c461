#include "encryptor/smime.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

namespace encryptor {
namespace {

using tests::authority;
using tests::curve_recipient;
using tests::recipient;
using tests::signer;

std::string written(
    std::string_view entity,
    const issued_certificate& to,
    content_cipher cipher = content_cipher::aes_256_cbc,
    std::size_t step = 1000)
{
    std::string mail;
    smime_writer writer(
        signer(), to.certificate_pem, cipher, [&mail](std::string_view part) { mail += part; });
    for (; !entity.empty(); entity.remove_prefix(std::min(step, entity.size()))) {
        writer.push(entity.substr(0, step));
    }
    writer.finish();
    return mail;
}

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

opened_mail opened(const std::string& mail, const issued_certificate& by = recipient())
{
    return open_smime(mail, by.certificate_pem, by.key_pem, authority().certificate_pem);
}

const std::string plain_entity =
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n";

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

TEST(open_smime, names_the_signer)
{
    EXPECT_EQ(opened(written(plain_entity, recipient())).signer, "encryption@example.com");
}

TEST(open_smime, refuses_the_wrong_recipient)
{
    const std::string mail = written(plain_entity, recipient());
    EXPECT_THROW(opened(mail, tests::organisation()), smime_error);
    const std::string to_curve = written(plain_entity, curve_recipient());
    EXPECT_THROW(opened(to_curve, curve_recipient()), smime_error);
}

TEST(open_smime, refuses_a_signer_of_another_authority)
{
    const std::string mail = written(plain_entity, recipient());
    const issued_certificate other = make_authority("Another authority", 30);
    EXPECT_THROW(
        open_smime(mail, recipient().certificate_pem, recipient().key_pem, other.certificate_pem),
        smime_error);
}

TEST(open_smime, refuses_a_signer_whose_certificate_expired)
{
    const issued_certificate late = tests::for_mail("encryption@example.com", -1);
    const signing_identity old(late.certificate_pem, late.key_pem);
    std::string mail;
    smime_writer writer(
        old,
        recipient().certificate_pem,
        content_cipher::aes_256_cbc,
        [&mail](std::string_view part) { mail += part; });
    writer.push(plain_entity);
    writer.finish();
    EXPECT_THROW(opened(mail), smime_error);
}

/// Encrypted to the recipient, but not by smime_writer.
std::string encrypted(const std::string& inside)
{
    const tests::scratch_folder folder;
    folder.write("inside", inside);
    folder.write("recipient.pem", recipient().certificate_pem);
    folder.run("openssl cms -encrypt -binary -aes256 -in inside -out mail recipient.pem");
    std::string lines;
    for (const char octet : folder.read("mail")) {
        lines += octet == '\n' ? "\r\n" : std::string(1, octet);
    }
    return lines;
}

TEST(open_smime, refuses_what_is_encrypted_but_not_signed)
{
    EXPECT_THROW(opened(encrypted(plain_entity)), smime_error);
}

TEST(open_smime, refuses_an_entity_that_was_changed_after_signing)
{
    const tests::scratch_folder folder;
    folder.write("mail", written(plain_entity, recipient()));
    folder.write("recipient.pem", recipient().certificate_pem + recipient().key_pem);
    folder.run("openssl cms -decrypt -in mail -recip recipient.pem -out signed");
    std::string text = folder.read("signed");
    EXPECT_EQ(opened(encrypted(text)).entity, plain_entity) << "the control";
    text.replace(text.find("Hello"), 5, "Hallo");
    EXPECT_THROW(opened(encrypted(text)), smime_error);
}

TEST(open_smime, refuses_any_changed_bit_under_gcm)
{
    const std::string mail = written(plain_entity, recipient(), content_cipher::aes_256_gcm);
    const std::size_t body = mail.find("\r\n\r\n") + 4;
    for (std::size_t at = body; at < mail.size(); at += 13) {
        std::string bad = mail;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        if (mail[at] == '\r' || mail[at] == '\n' || mail[at] == '=') {
            continue;
        }
        // Some octets of the structure are free to differ; never those of the mail.
        try {
            EXPECT_EQ(opened(bad).entity, plain_entity) << "octet " << at;
        } catch (const smime_error&) {
        }
    }
}

TEST(open_smime, refuses_garbage_without_falling_over)
{
    const std::string mail = written(plain_entity, recipient());
    const std::string header = mail.substr(0, mail.find("\r\n\r\n") + 4);
    const std::vector<std::string> bad{
        "",
        "\r\n\r\n",
        "no header end",
        plain_entity,
        header,
        header + "!!!!\r\n",
        header + "AAAA\r\n",
        header + "MIAGCSqGSIb3DQEHA6CAMIACAQAx\r\n",
        mail.substr(0, mail.size() / 2),
        "Content-Type:\r\n\r\n" + mail,
        "Content-Type: application/pkcs7-mime-not\r\n\r\nAAAA",
        encrypted("Content-Type: multipart/signed\r\n\r\nx"),
        encrypted("Content-Type: multipart/signed; boundary=\r\n\r\nx"),
        encrypted("Content-Type: multipart/signed; boundary=\"\r\n\r\nx"),
        encrypted("Content-Type: multipart/signed; boundary=a\r\n\r\n--a\r\n--a--\r\n"),
        encrypted(
            "Content-Type: multipart/signed; boundary=a\r\n\r\n--a\r\nx\r\n--a\r\n\r\n--a--")};
    for (const std::string& one : bad) {
        EXPECT_THROW(opened(one), smime_error) << one.substr(0, 60);
    }
}

std::string complaint(const std::string& certificate_pem, std::int64_t now = std::time(nullptr))
{
    try {
        check_recipient_certificate(certificate_pem, now);
        return {};
    } catch (const smime_error& error) {
        return error.what();
    }
}

TEST(check_recipient_certificate, accepts_good_ones)
{
    EXPECT_EQ(complaint(recipient().certificate_pem), "");
    EXPECT_EQ(complaint(curve_recipient().certificate_pem), "");
    EXPECT_EQ(complaint(tests::self_signed("rsa:2048", "").certificate_pem), "")
        << "no usage: any usage";
}

TEST(check_recipient_certificate, says_when_it_expired_or_begins)
{
    constexpr std::int64_t year = 365 * 24 * 60 * 60;
    const std::int64_t now = std::time(nullptr);
    const std::string& pem = recipient().certificate_pem;
    EXPECT_NE(complaint(pem, now + year).find("expired on"), std::string::npos);
    EXPECT_NE(complaint(pem, now - year).find("not valid before"), std::string::npos);
}

TEST(check_recipient_certificate, refuses_what_is_not_for_encrypting_mail)
{
    const auto refused = [](const std::string& key, const std::string& extensions) {
        return complaint(tests::self_signed(key, extensions).certificate_pem)
                   .find("not for encrypting") != std::string::npos;
    };
    const std::string curve = "ec -pkeyopt ec_paramgen_curve:P-256";
    EXPECT_TRUE(refused("rsa:2048", "-addext keyUsage=digitalSignature"));
    EXPECT_TRUE(refused("rsa:2048", "-addext keyUsage=keyAgreement"));
    EXPECT_TRUE(refused(curve, "-addext keyUsage=keyEncipherment"));
    EXPECT_TRUE(refused("rsa:2048", "-addext extendedKeyUsage=serverAuth"));
    EXPECT_FALSE(refused("rsa:2048", "-addext extendedKeyUsage=anyExtendedKeyUsage"));
}

TEST(check_recipient_certificate, refuses_weak_and_unknown_keys)
{
    EXPECT_NE(
        complaint(tests::self_signed("rsa:1024", "").certificate_pem).find("too weak"),
        std::string::npos);
    EXPECT_NE(
        complaint(tests::self_signed("ed25519", "").certificate_pem).find("neither RSA nor EC"),
        std::string::npos);
}

TEST(check_recipient_certificate, refuses_what_is_no_certificate)
{
    for (const std::string& pem :
         {std::string(),
          std::string("text"),
          recipient().key_pem,
          std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
          recipient().certificate_pem.substr(0, 400)}) {
        EXPECT_NE(complaint(pem).find("is not a certificate in PEM"), std::string::npos);
    }
}

TEST(smime_writer, refuses_a_certificate_that_is_not_for_encrypting)
{
    const auto server =
        issue_certificate(authority(), certificate_use::tls_server, "localhost", {"localhost"}, 30);
    EXPECT_THROW(
        smime_writer(signer(), server.certificate_pem, content_cipher::aes_256_cbc, [](auto) {}),
        smime_error);
}

TEST(signing_identity, knows_its_address)
{
    EXPECT_EQ(signer().address(), "encryption@example.com");
}

TEST(signing_identity, refuses_what_cannot_sign_mail)
{
    const issued_certificate& good = tests::organisation();
    EXPECT_THROW(signing_identity(good.certificate_pem, recipient().key_pem), smime_error);
    EXPECT_THROW(signing_identity(good.key_pem, good.key_pem), smime_error);
    EXPECT_THROW(signing_identity(good.certificate_pem, good.certificate_pem), smime_error);
    const issued_certificate nameless = tests::self_signed("rsa:2048", "");
    EXPECT_THROW(signing_identity(nameless.certificate_pem, nameless.key_pem), smime_error);
    const auto server =
        issue_certificate(authority(), certificate_use::tls_server, "localhost", {"localhost"}, 30);
    EXPECT_THROW(signing_identity(server.certificate_pem, server.key_pem), smime_error);
}

TEST(signing_identity, never_asks_for_a_passphrase)
{
    const tests::scratch_folder folder;
    folder.write("key.pem", tests::organisation().key_pem);
    folder.run("openssl pkcs8 -topk8 -in key.pem -passout pass:secret -out locked.pem");
    EXPECT_THROW(
        signing_identity(tests::organisation().certificate_pem, folder.read("locked.pem")),
        smime_error);
}

} // namespace
} // namespace encryptor
