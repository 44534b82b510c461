#include "encryptor/smime.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace encryptor {
namespace {

using tests::authority;
using tests::curve_recipient;
using tests::recipient;
using tests::signer;

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
