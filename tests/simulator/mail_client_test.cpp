#include "encryptor/secret.hpp"
#include "encryptor/wrapper_mail.hpp"
#include "simulator/mailboxes/mail_client.hpp"
#include "tests/encryptor/certificates_of_tests.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <set>

using simulator::delivery_kind;
using simulator::mail_client;
using simulator::shown_mail;
namespace samples = encryptor::tests;

namespace {

class mail_client_test : public testing::Test {
protected:
    mail_client_test() : client(folder.path() / "keys", folder.path() / "authority.pem")
    {
        std::filesystem::create_directory(folder.path() / "keys");
    }
    void trust() { folder.write("authority.pem", samples::authority().certificate_pem); }
    void give_key(const std::string& mailbox)
    {
        folder.write(
            "keys/" + mailbox + ".pem",
            samples::recipient().certificate_pem + samples::recipient().key_pem);
    }
    shown_mail show(const std::string& octets, const std::string& mailbox = "bob@contoso.com")
    {
        return client.show({1, mailbox, "ann@contoso.com", 0, octets});
    }
    static std::string inline_mail()
    {
        return "From: Ann <ann@contoso.com>\r\nSubject: Numbers\r\n"
               "X-Sealpost-Delivery: inline\r\n" +
               samples::written(samples::plain_entity, samples::recipient());
    }

    test_folder folder;
    mail_client client;
};

TEST_F(mail_client_test, an_outlook_decrypts_and_verifies)
{
    trust();
    give_key("bob@contoso.com");
    const auto shown = show(inline_mail());
    EXPECT_EQ(shown.problem, "");
    EXPECT_EQ(shown.delivery, delivery_kind::in_line);
    EXPECT_EQ(shown.verified_signer, "encryption@example.com");
    EXPECT_EQ(shown.text, "Hello\r\n");
    EXPECT_EQ(shown.subject, "Numbers");
    EXPECT_EQ(shown.from, "Ann <ann@contoso.com>");
}

TEST_F(mail_client_test, has_other_means_with_another_key_or_authority)
{
    std::set<std::string> all{client.means("bob@contoso.com")};
    trust();
    all.insert(client.means("bob@contoso.com"));
    give_key("bob@contoso.com");
    all.insert(client.means("bob@contoso.com"));
    folder.write("authority.pem", samples::recipient().certificate_pem);
    all.insert(client.means("bob@contoso.com"));
    EXPECT_EQ(all.size(), 4u);
    EXPECT_EQ(client.means("bob@contoso.com"), client.means("bob@contoso.com"));
}

TEST_F(mail_client_test, a_list_needs_the_header_alone)
{
    for (const std::string& mail :
         {inline_mail(),
          std::string{"From: Ann <ann@contoso.com>\r\nSubject: =?utf-8?q?=C3=9C?=\r\n"
                      "X-Sealpost-Kind: passcode\r\n\r\n12345678"}}) {
        trust();
        give_key("bob@contoso.com");
        const shown_mail whole = show(mail);
        std::filesystem::remove(folder.path() / "keys/bob@contoso.com.pem");
        const shown_mail listed = client.show_header({1, "bob@contoso.com", "", 0, mail});
        EXPECT_EQ(listed.from, whole.from);
        EXPECT_EQ(listed.subject, whole.subject);
        EXPECT_EQ(listed.delivery, whole.delivery);
        EXPECT_EQ(listed.kind, whole.kind);
        EXPECT_EQ(listed.problem, "");
    }
}

TEST_F(mail_client_test, without_its_key_nothing_is_shown)
{
    trust();
    const auto shown = show(inline_mail());
    EXPECT_EQ(shown.delivery, delivery_kind::in_line);
    EXPECT_NE(shown.problem, "");
    EXPECT_EQ(shown.verified_signer, "");
    EXPECT_NE(shown.text.value_or(""), "Hello\r\n");
    EXPECT_EQ(shown.subject, "Numbers");
}

TEST_F(mail_client_test, without_an_authority_nothing_is_shown)
{
    give_key("bob@contoso.com");
    EXPECT_NE(show(inline_mail()).problem, "");
    folder.write("authority.pem", encryptor::make_authority("Another", 5).certificate_pem);
    const auto shown = show(inline_mail());
    EXPECT_NE(shown.problem.find("not shown"), std::string::npos);
    EXPECT_NE(shown.text.value_or(""), "Hello\r\n");
}

TEST_F(mail_client_test, a_damaged_copy_is_not_shown)
{
    trust();
    give_key("bob@contoso.com");
    std::string mail = inline_mail();
    mail[mail.size() - 100] = mail[mail.size() - 100] == 'A' ? 'B' : 'A';
    const auto shown = show(mail);
    EXPECT_NE(shown.problem, "");
    EXPECT_EQ(shown.verified_signer, "");
}

TEST_F(mail_client_test, an_address_never_leads_out_of_the_key_folder)
{
    trust();
    folder.write("outside@contoso.com.pem", "x");
    give_key("bob@contoso.com");
    for (const char* mailbox : {"../outside@contoso.com", "a/../bob@contoso.com", "/etc/passwd"})
        EXPECT_NE(show(inline_mail(), mailbox).problem, "") << mailbox;
}

TEST_F(mail_client_test, the_wrapper_is_a_link_and_offers_it)
{
    encryptor::wrapper values;
    values.from = "Ann <ann@contoso.com>";
    values.sender = mail::address::parse("ann@contoso.com").value();
    values.recipient = mail::address::parse("carol@gmail.com").value();
    values.subject = "Numbers";
    values.organisation = "Contoso";
    values.link = "https://portal.test/m/AAAAAAAAAAAAAAAAAAAAAA";
    const auto shown = show(encryptor::make_wrapper_mail(values));
    EXPECT_EQ(shown.delivery, delivery_kind::link);
    EXPECT_EQ(shown.links, std::vector<std::string>{values.link});
    EXPECT_EQ(shown.kind, "");
    EXPECT_EQ(shown.code, "");
}

TEST_F(mail_client_test, a_passcode_mail_gives_its_code)
{
    encryptor::passcode_mail values;
    values.from = mail::address::parse("no-reply@contoso.com").value();
    values.recipient = mail::address::parse("carol@gmail.com").value();
    values.organisation = "Contoso";
    values.code = "01234567";
    values.reference = "ABC";
    const auto shown = show(encryptor::make_passcode_mail(values));
    EXPECT_EQ(shown.kind, "passcode");
    EXPECT_EQ(shown.code, "01234567");
    EXPECT_EQ(shown.delivery, delivery_kind::plain);
}

TEST_F(mail_client_test, digits_of_ordinary_mail_are_no_code)
{
    EXPECT_EQ(show("Subject: x\r\n\r\n12345678\r\n").code, "");
}

TEST_F(mail_client_test, a_code_has_exactly_eight_digits)
{
    const std::string head = "X-Sealpost-Kind: passcode\r\n\r\n";
    EXPECT_EQ(show(head + "123456789 1234567 87654321 x").code, "87654321");
    EXPECT_EQ(show(head + "1234567").code, "");
}

TEST_F(mail_client_test, plain_mail_is_plain_whatever_it_claims)
{
    const auto shown = show("X-Sealpost-Delivery: inline\r\nSubject: x\r\n\r\nhello");
    EXPECT_EQ(shown.delivery, delivery_kind::plain);
    EXPECT_EQ(shown.verified_signer, "");
}

TEST_F(mail_client_test, attachments_come_with_their_digest)
{
    const auto shown = show(
        "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\nabc");
    ASSERT_EQ(shown.attachments.size(), 1u);
    EXPECT_EQ(
        shown.attachments[0].sha256,
        encryptor::hexadecimal(encryptor::sha256(shown.attachments[0].octets)));
}

TEST_F(mail_client_test, no_mail_makes_it_throw)
{
    trust();
    give_key("bob@contoso.com");
    const std::string encrypted = "Content-Type: application/pkcs7-mime\r\n\r\n";
    for (const std::string& mail :
         {std::string{},
          std::string{"\0\xff", 2},
          std::string(300'000, 'x'),
          encrypted,
          encrypted + "AAAA\r\n",
          encrypted + "!!!!",
          std::string{"Content-Type: "} + std::string(150'000, 'y')})
        EXPECT_NO_THROW(show(mail));
}

} // namespace
