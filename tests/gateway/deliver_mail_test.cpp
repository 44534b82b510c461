#include "encryptor/key_slot.hpp"
#include "encryptor/link_token.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/smime.hpp"
#include "gateway/deliver_mail.hpp"
#include "mail/mime_reader.hpp"
#include "service/log.hpp"
#include "tests/gateway/log_in_memory.hpp"
#include "tests/gateway/running_listener.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gateway {
namespace {

using mail::delivery_outcome;

mail::address box(const std::string& text)
{
    return *mail::address::parse(text);
}

// RSA keys take long to make: once for all tests.
struct certificates {
    encryptor::issued_certificate authority = encryptor::make_authority("Test", 20 * 365);
    encryptor::issued_certificate organisation = encryptor::issue_certificate(
        authority,
        encryptor::certificate_use::email,
        "Contoso",
        {"encryption@contoso.com"},
        20 * 365);
    encryptor::issued_certificate olga = encryptor::issue_certificate(
        authority, encryptor::certificate_use::email, "Olga", {"olga@contoso.com"}, 20 * 365);
    encryptor::signing_identity signer{organisation.certificate_pem, organisation.key_pem};
    static const certificates& get()
    {
        static const certificates made;
        return made;
    }
};

/// Delivery over the log in memory to a real SMTP listener, with a clock moved by hand.
class deliver_mail_test : public testing::Test {
protected:
    deliver_mail_test() : log("test", service::severity::error) { encryptor::start_cryptography(); }
    ~deliver_mail_test() override { crash(); }

    void start()
    {
        delivery_settings settings;
        settings.next_hop = next_hop.empty() ? server.address() : next_hop;
        settings.retry = {60'000, 600'000, 3'600'000};
        settings.step_deadline = std::chrono::milliseconds(5000);
        settings.bus_pause = std::chrono::milliseconds(1);
        deliver = std::make_unique<deliver_mail>(
            io.get_executor(),
            copy_materials{
                bus, bus.ledger, certificates::get().signer, own, "https://portal.test", "gw.test"},
            settings,
            [this] { return bus.now; },
            log);
        bus.observer = [this](mail::bus_time time, const mail::event& fact) {
            deliver->observe(time, fact);
        };
        bus.replay();
        finished = false;
        boost::asio::co_spawn(
            io, deliver->run(), [this](const std::exception_ptr&) { finished = true; });
    }
    /// The process is gone, whatever it was doing.
    void crash()
    {
        if (deliver) {
            deliver->stop(std::chrono::milliseconds(0));
            run_until([this] { return finished; });
            deliver.reset();
            bus.observer = nullptr;
        }
    }
    void run_until(const std::function<bool()>& done) { tests::run_until(io, done); }
    std::vector<mail::delivery_attempted> attempts() { return bus.all<mail::delivery_attempted>(); }
    void wait_for_attempts(std::size_t count)
    {
        run_until([&] { return attempts().size() >= count; });
    }
    void wait_for_slots(std::size_t count)
    {
        run_until([&] { return bus.slots.size() == count; });
    }
    void wake(mail::bus_time later)
    {
        bus.now += later;
        bus.tell(mail::unknown_event{"sealpost.test.clock"});
    }

    std::string seal(
        const encryptor::secret& key, const std::string& where, const std::string& plain)
    {
        encryptor::stream_sealer sealer(key, where);
        auto chunks = sealer.push(plain);
        chunks.push_back(sealer.finish());
        bus.contents[where] = chunks;
        bus.named.insert(where);
        return where;
    }
    void hold(
        encryptor::gateway_secret held,
        const std::string& id,
        const std::string& recipient,
        const std::string& where)
    {
        const encryptor::slot_binding binding{id, recipient, where};
        bus.slots[{where, encryptor::gateway_slot_name(recipient)}] =
            encryptor::seal_gateway_slot(own.public_key, held, binding);
    }
    void accept(
        const std::string& recipient,
        mail::delivery_mode delivery = mail::delivery_mode::link,
        const std::string& sender = "alice@example.com")
    {
        const auto key = encryptor::secret::random(32);
        seal(key, content, original);
        mail::message_accepted fact;
        fact.message.text = message;
        fact.message_id.text = "<1@example.com>";
        if (!sender.empty()) {
            fact.sender = box(sender);
        }
        fact.subject = "Numbers";
        fact.content.text = content;
        mail::accepted_recipient one;
        one.mailbox = box(recipient);
        one.delivery = delivery;
        one.revocable = delivery == mail::delivery_mode::link;
        one.rule = "directory";
        one.reason = "so";
        using kind = encryptor::gateway_secret::kind;
        if (one.revocable) {
            one.link.text = token.locator();
            hold(
                {kind::token, encryptor::secret::copy_of(token.octets())},
                message,
                one.mailbox.key(),
                content);
        } else {
            hold({kind::content_key, key.clone()}, message, one.mailbox.key(), content);
        }
        fact.recipients.push_back(one);
        bus.tell(fact, "accepted");
    }
    void put_in_directory(const std::string& recipient, const std::string& certificate)
    {
        mail::directory_changed directory;
        directory.recipients = {
            {box(recipient),
             mail::identity_type::office365,
             mail::client_type::outlook,
             certificate,
             false,
             certificate.empty()}};
        directory.actor = "test";
        bus.tell(directory);
    }
    void revoke()
    {
        mail::message_revoked fact;
        fact.message.text = message;
        fact.actor = "admin";
        bus.tell(fact);
    }

    tests::running_listener server;
    boost::asio::io_context io{1};
    service::log log;
    tests::log_in_memory bus;
    encryptor::box_key_pair own = encryptor::box_key_pair::generate();
    encryptor::link_token token = encryptor::link_token::random();
    std::unique_ptr<deliver_mail> deliver;
    bool finished = true;
    std::string next_hop;
    const std::string message = "0190a000-0000-7000-8000-000000000001";
    const std::string content = "00112233445566778899aabbccddeeff";
    const std::string original =
        "From: Alice <alice@example.com>\r\nTo: olga@contoso.com\r\nSubject: Numbers\r\n"
        "Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
        "secret words\r\n";
};

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

TEST_F(deliver_mail_test, a_next_hop_that_is_away_is_tried_again_later)
{
    boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
    next_hop = "127.0.0.1:" + std::to_string(taken.local_endpoint().port());
    taken.close();
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::deferred);
    EXPECT_EQ(attempts()[0].next_attempt, bus.now + 60'000);
    wake(60'000);
    wait_for_attempts(2);
    EXPECT_EQ(attempts()[1].next_attempt, bus.now + 120'000) << "twice as long";
    EXPECT_EQ(bus.slots.size(), 1U) << "still needed";
    // The next start finds the same queue, and a next hop that is back.
    crash();
    next_hop.clear();
    start();
    wake(120'000);
    wait_for_attempts(3);
    EXPECT_EQ(attempts()[2].outcome, delivery_outcome::delivered);
    EXPECT_NE(server.bag.mails().at(0).octets.find(token.text()), std::string::npos)
        << "the same link";
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

TEST_F(deliver_mail_test, a_revoke_that_comes_just_before_the_sending_still_counts)
{
    accept("bob@gmail.com");
    bus.before_catch_up = [this] { revoke(); };
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::withheld);
    EXPECT_TRUE(server.bag.mails().empty());
}

TEST_F(deliver_mail_test, what_came_of_a_try_is_appended_until_it_stands_in_the_log)
{
    bus.append_failures = {bus::errc::unavailable, bus::errc::unknown_outcome, bus::errc::disk};
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    wait_for_slots(0);
    EXPECT_EQ(attempts().size(), 1U);
    EXPECT_EQ(server.bag.mails().size(), 1U) << "and it is not sent again meanwhile";
}

TEST_F(deliver_mail_test, without_the_bus_nothing_is_sent)
{
    accept("bob@gmail.com");
    bus.up = false;
    bus.before_catch_up = [] {};
    start();
    run_until([this] { return !bus.before_catch_up; });
    EXPECT_TRUE(server.bag.mails().empty());
    bus.up = true;
    wake(10);
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::delivered);
}

TEST_F(deliver_mail_test, a_copy_whose_key_is_gone_fails)
{
    accept("bob@gmail.com");
    bus.slots.clear();
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::failed);
    EXPECT_EQ(attempts()[0].smtp_reply, "the key of this copy is no longer stored");
}

TEST_F(deliver_mail_test, damaged_content_is_no_half_mail)
{
    put_in_directory("olga@contoso.com", certificates::get().olga.certificate_pem);
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    bus.contents[content][0].back() ^= 1;
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::deferred);
    EXPECT_EQ(attempts()[0].smtp_reply, "the stored mail is damaged");
    server.bag.wait_for_dropped(1);
    EXPECT_TRUE(server.bag.mails().empty());
}

TEST_F(deliver_mail_test, a_passcode_goes_out_plain_and_in_time_only)
{
    const auto submit = [this](const std::string& id, const std::string& where) {
        const auto key = encryptor::secret::random(32);
        seal(key, where, "From: no-reply@contoso.com\r\n\r\nYour code: 12345678\r\n");
        hold(
            {encryptor::gateway_secret::kind::content_key, key.clone()},
            id,
            "bob@gmail.com",
            where);
        mail::mail_submitted fact;
        fact.kind = mail::submission_kind::passcode;
        fact.content.text = where;
        fact.recipients = {box("bob@gmail.com")};
        fact.valid_seconds = 900;
        bus.tell(fact, id);
    };
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

TEST_F(deliver_mail_test, a_start_erases_the_slots_of_what_is_final)
{
    accept("bob@gmail.com");
    bus.tell(mail::delivery_attempted{
        message, box("bob@gmail.com"), delivery_outcome::delivered, "250 ok", {}});
    EXPECT_EQ(bus.slots.size(), 1U) << "killed between the event and the erasing";
    start();
    wait_for_slots(0);
}

} // namespace
} // namespace gateway
