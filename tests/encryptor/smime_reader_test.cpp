#include "encryptor/smime.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace encryptor {
namespace {

using tests::curve_recipient;
using tests::opened;
using tests::plain_entity;
using tests::recipient;
using tests::written;

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

} // namespace
} // namespace encryptor
