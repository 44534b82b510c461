#include "encryptor/smime.hpp"
#include "mail/mime_reader.hpp"
#include "tests/gateway/delivery.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <string>

namespace gateway {
namespace {

using mail::delivery_outcome;
using tests::certificates;
using deliver_mail_test = tests::delivery;

TEST_F(deliver_mail_test, a_link_copy_is_the_wrapper_with_its_link_and_the_slot_is_erased)
{
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::delivered);
    EXPECT_EQ(attempts()[0].smtp_reply, "250 2.0.0 kept for you");
    const auto mail = server.bag.mails().at(0);
    EXPECT_EQ(mail.sender.text(), "alice@example.com");
    EXPECT_EQ(mail.recipients.at(0).text(), "bob@gmail.com");
    const auto read = mail::read_mail(mail.octets);
    EXPECT_NE(read.text->find("https://portal.test/m/" + token.text()), std::string::npos);
    EXPECT_EQ(mail.octets.find("secret words"), std::string::npos);
    wait_for_slots(0);
}

TEST_F(deliver_mail_test, an_inline_copy_opens_with_the_recipients_key)
{
    const auto& known = certificates::get();
    put_in_directory("olga@contoso.com", known.olga.certificate_pem);
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    start();
    wait_for_attempts(1);
    ASSERT_EQ(attempts()[0].outcome, delivery_outcome::delivered) << attempts()[0].smtp_reply;
    const auto mail = server.bag.mails().at(0);
    EXPECT_EQ(mail.octets.find("secret words"), std::string::npos);
    const auto opened = encryptor::open_smime(
        mail::body_of(mail.octets),
        known.olga.certificate_pem,
        known.olga.key_pem,
        known.authority.certificate_pem);
    EXPECT_EQ(opened.entity, mail::body_of(original));
    EXPECT_EQ(opened.signer, "encryption@contoso.com");
    wait_for_slots(0);
}

TEST_F(deliver_mail_test, a_certificate_that_is_gone_fails_the_copy_and_never_sends_clear_text)
{
    start();
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    wait_for_attempts(2);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::failed);
    EXPECT_EQ(attempts()[0].smtp_reply, "the recipient's certificate is no longer on file");
    const auto mails = server.bag.mails();
    ASSERT_EQ(mails.size(), 1U) << "the notice alone";
    EXPECT_TRUE(mails[0].sender.is_null());
    EXPECT_EQ(mails[0].recipients.at(0).text(), "alice@example.com");
    EXPECT_EQ(mails[0].octets.find("secret words"), std::string::npos);
}

TEST_F(deliver_mail_test, an_expired_certificate_fails_the_copy)
{
    put_in_directory("olga@contoso.com", certificates::get().olga.certificate_pem);
    bus.now += 40LL * 365 * 86'400'000;
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::failed);
    EXPECT_NE(attempts()[0].smtp_reply.find("certificate cannot be used"), std::string::npos);
}

TEST_F(deliver_mail_test, a_refused_copy_is_told_to_the_sender_once_and_for_all_starts)
{
    start();
    accept("unknown@example.org");
    wait_for_attempts(2);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::failed);
    EXPECT_TRUE(attempts()[1].failure_notice);
    EXPECT_EQ(attempts()[1].outcome, delivery_outcome::delivered);
    ASSERT_EQ(server.bag.mails().size(), 1U);
    EXPECT_NE(server.bag.mails()[0].octets.find("550 5.1.1 no such user"), std::string::npos);
    wait_for_slots(0);
    crash();
    start();
    wake(0);
    io.poll();
    EXPECT_EQ(deliver->queue().waiting() + deliver->queue().in_flight(), 0U);
}

TEST_F(deliver_mail_test, a_refused_bounce_is_told_to_nobody)
{
    start();
    accept("unknown@example.org", mail::delivery_mode::link, "");
    wait_for_attempts(1);
    wait_for_slots(0);
    EXPECT_EQ(deliver->queue().waiting(), 0U);
    EXPECT_TRUE(server.bag.mails().empty());
}

TEST_F(deliver_mail_test, a_passcode_goes_out_plain_and_in_time_only)
{
    submit("passcode-1", "aa112233445566778899aabbccddeeff");
    bus.now += 901'000;
    submit("passcode-2", "bb112233445566778899aabbccddeeff");
    start();
    wait_for_attempts(2);
    wait_for_slots(0);
    const auto mails = server.bag.mails();
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_TRUE(mails[0].sender.is_null());
    EXPECT_EQ(mails[0].octets, "From: no-reply@contoso.com\r\n\r\nYour code: 12345678\r\n");
    for (const auto& fact : attempts()) {
        const bool late = fact.message == "passcode-1";
        EXPECT_EQ(fact.outcome, late ? delivery_outcome::failed : delivery_outcome::delivered);
        EXPECT_EQ(fact.smtp_reply == "too late", late);
    }
}

TEST_F(deliver_mail_test, what_was_revoked_while_it_waited_is_withheld_and_released_by_a_restore)
{
    accept("bob@gmail.com");
    revoke();
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::withheld);
    EXPECT_TRUE(server.bag.mails().empty());
    EXPECT_EQ(bus.slots.size(), 1U) << "a restore needs it";
    mail::message_restored restored;
    restored.message.text = message;
    restored.actor = "admin";
    bus.tell(restored);
    wait_for_attempts(2);
    EXPECT_EQ(attempts()[1].outcome, delivery_outcome::delivered);
}

TEST_F(deliver_mail_test, a_revoke_that_comes_while_the_peer_keeps_it_waiting_still_counts)
{
    server.bag.at_recipient = [this] {
        std::promise<void> revoked;
        boost::asio::post(io, [&] {
            revoke();
            revoked.set_value();
        });
        revoked.get_future().wait();
    };
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::withheld);
    server.bag.wait_for_dropped(1);
    EXPECT_TRUE(server.bag.mails().empty());
}

TEST_F(deliver_mail_test, a_revoke_that_comes_just_before_the_sending_still_counts)
{
    accept("bob@gmail.com");
    bus.before_catch_up = [this] { revoke(); };
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::withheld);
    EXPECT_TRUE(server.bag.mails().empty());
}

} // namespace
} // namespace gateway
