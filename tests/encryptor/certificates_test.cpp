#include "encryptor/smime.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"

#include <gtest/gtest.h>

namespace encryptor {
namespace {

using tests::authority;

/// What OpenSSL prints of it; throws unless it is good for `purpose` under the authority.
std::string checked(
    const issued_certificate& made, const std::string& purpose, const std::string& more = "")
{
    const tests::scratch_folder folder;
    folder.write("authority.pem", authority().certificate_pem);
    folder.write("made.pem", made.certificate_pem);
    folder.run(
        "openssl verify -x509_strict -CAfile authority.pem -purpose " + purpose + " " + more +
        " made.pem");
    return folder.run("openssl x509 -in made.pem -noout -text");
}

issued_certificate for_server(const std::vector<std::string>& names)
{
    return issue_certificate(authority(), certificate_use::tls_server, "server", names, 10);
}

TEST(issue_certificate, makes_one_for_mail)
{
    const std::string text =
        checked(tests::organisation(), "smimesign", "-verify_email encryption@example.com");
    checked(tests::organisation(), "smimeencrypt");
    EXPECT_NE(text.find("Public-Key: (2048 bit)"), std::string::npos);
    EXPECT_NE(text.find("email:encryption@example.com"), std::string::npos);
    EXPECT_NE(text.find("Digital Signature, Key Encipherment"), std::string::npos);
    EXPECT_THROW(checked(tests::organisation(), "sslserver"), std::runtime_error);
}

TEST(issue_certificate, makes_one_for_a_server)
{
    const issued_certificate server = for_server({"localhost", "127.0.0.1", "::1", "mail.example"});
    const std::string text = checked(server, "sslserver", "-verify_hostname localhost");
    checked(server, "sslserver", "-verify_ip 127.0.0.1");
    checked(server, "sslserver", "-verify_ip ::1");
    EXPECT_NE(text.find("NIST CURVE: P-256"), std::string::npos);
    EXPECT_THROW(checked(server, "sslserver", "-verify_hostname other"), std::runtime_error);
    EXPECT_THROW(checked(server, "smimesign"), std::runtime_error);
}

TEST(issue_certificate, does_not_let_a_name_smuggle_in_another_one)
{
    const issued_certificate server = for_server({"good.example,DNS:evil.example"});
    EXPECT_THROW(checked(server, "sslserver", "-verify_hostname evil.example"), std::runtime_error);
}

TEST(issue_certificate, gives_each_a_serial_of_its_own)
{
    const auto serial = [](const issued_certificate& made) {
        const tests::scratch_folder folder;
        folder.write("made.pem", made.certificate_pem);
        return folder.run("openssl x509 -in made.pem -noout -serial");
    };
    const std::string one = serial(for_server({"localhost"}));
    EXPECT_EQ(one.size(), std::string("serial=\n").size() + 32);
    EXPECT_NE(one, serial(for_server({"localhost"})));
}

TEST(issue_certificate, says_what_it_cannot_make)
{
    const auto mail = [](const std::string& name, const std::vector<std::string>& addresses) {
        return issue_certificate(authority(), certificate_use::email, name, addresses, 10);
    };
    EXPECT_THROW(mail("bob", {}), smime_error);
    EXPECT_THROW(mail("bob", {"bob@x.org", "eve@x.org"}), smime_error);
    EXPECT_THROW(mail(std::string(65, 'x'), {"bob@x.org"}), smime_error);
    EXPECT_THROW(mail("", {"bob@x.org"}), smime_error);
    EXPECT_THROW(
        issue_certificate({"", ""}, certificate_use::email, "bob", {"bob@x.org"}, 10), smime_error);
}

TEST(make_authority, can_sign_leaves_and_no_other_authority)
{
    const tests::scratch_folder folder;
    folder.write("authority.pem", authority().certificate_pem);
    const std::string text = folder.run("openssl x509 -in authority.pem -noout -text");
    EXPECT_NE(text.find("CA:TRUE, pathlen:0"), std::string::npos);
    EXPECT_NE(text.find("Certificate Sign, CRL Sign"), std::string::npos);
    EXPECT_NE(text.find("Authority of tests"), std::string::npos);
}

} // namespace
} // namespace encryptor
