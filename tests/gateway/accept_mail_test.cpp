#include "encryptor/key_slot.hpp"
#include "encryptor/link_token.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/smime.hpp"
#include "gateway/accept_mail.hpp"
#include "mail/header_reader.hpp"
#include "service/log.hpp"
#include "tests/gateway/box.hpp"
#include "tests/gateway/log_in_memory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gateway {
namespace {

using tests::box;
using tests::drive;

class accept_mail_test : public testing::Test {
protected:
    accept_mail_test() : log("test", service::severity::error) { encryptor::start_cryptography(); }

    accept_mail& receiver()
    {
        if (!accept) {
            acceptance_settings settings;
            settings.host_name = "mx.test";
            settings.networks.add("127.0.0.0/8");
            settings.portal_public_key = portal.public_key;
            settings.gateway_public_key = own.public_key;
            accept.emplace(
                io.get_executor(),
                bus,
                bus.ledger,
                settings,
                [this] { return ready; },
                [this] { return bus.now; },
                log);
        }
        return *accept;
    }
    std::unique_ptr<smtp_transaction> begin(const std::string& ip = "127.0.0.1")
    {
        const smtp_peer peer{ip, "client.test", false};
        return drive(io, receiver().begin(peer, box("alice@example.com"), 0, refusal));
    }
    smtp_reply send(
        const std::vector<std::string>& recipients, const std::vector<std::string>& pieces)
    {
        const auto transaction = begin();
        if (!transaction) {
            return refusal;
        }
        for (const auto& recipient : recipients) {
            EXPECT_EQ(drive(io, transaction->add_recipient(box(recipient))).code, 250);
        }
        for (const auto& piece : pieces) {
            if (const auto no = drive(io, transaction->write(piece))) {
                return *no;
            }
        }
        return drive(io, transaction->commit());
    }
    /// What a holder of the gateway's key can open while the mail is queued.
    std::optional<encryptor::gateway_secret> queue_secret(
        const mail::message_accepted& fact, const std::string& recipient)
    {
        const encryptor::slot_binding binding{fact.message.text, recipient, fact.content.text};
        const auto slot =
            bus.slots.at({fact.content.text, encryptor::gateway_slot_name(recipient)});
        return encryptor::open_gateway_slot(slot, own, binding);
    }
    std::string opened(const mail::message_accepted& fact, const encryptor::secret& key)
    {
        encryptor::stream_opener opener(key, fact.content.text);
        std::string plain;
        for (const auto& chunk : bus.contents.at(fact.content.text)) {
            plain += opener.open(chunk).value();
        }
        EXPECT_TRUE(opener.complete());
        return plain;
    }
    void let_run()
    {
        io.restart();
        io.poll();
    }

    boost::asio::io_context io{1};
    service::log log;
    tests::log_in_memory bus;
    encryptor::box_key_pair portal = encryptor::box_key_pair::generate();
    encryptor::box_key_pair own = encryptor::box_key_pair::generate();
    bool ready = true;
    smtp_reply refusal;
    std::optional<accept_mail> accept;
    const std::string mail =
        "From: alice@example.com\r\nSubject: Numbers\r\nMessage-ID: <1@example.com>\r\n"
        "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n\r\nsecret words\r\n";
};

TEST_F(accept_mail_test, a_link_recipient_gets_a_link_slot_and_the_queue_holds_its_token_only)
{
    const auto reply = send({"bob@gmail.com"}, {mail});
    EXPECT_EQ(reply.code, 250);
    const auto accepted = bus.all<mail::message_accepted>();
    ASSERT_EQ(accepted.size(), 1U);
    const auto& fact = accepted[0];
    EXPECT_EQ(fact.subject, "Numbers");
    EXPECT_EQ(fact.message_id.text, "<1@example.com>");
    EXPECT_EQ(fact.size, mail.size());
    EXPECT_EQ(fact.sender.text(), "alice@example.com");

    const auto held = queue_secret(fact, "bob@gmail.com");
    ASSERT_TRUE(held);
    EXPECT_EQ(held->what, encryptor::gateway_secret::kind::token);
    const auto token = encryptor::link_token::from_octets(held->octets.view());
    EXPECT_EQ(token.locator(), fact.recipients.at(0).link.text);
    const encryptor::slot_binding binding{fact.message.text, "bob@gmail.com", fact.content.text};
    const auto key = encryptor::open_link_slot(
        bus.slots.at({fact.content.text, encryptor::link_slot_name("bob@gmail.com")}),
        portal,
        token,
        binding);
    ASSERT_TRUE(key);
    const auto plain = opened(fact, *key);
    EXPECT_TRUE(plain.starts_with(
        "Received: from client.test ([127.0.0.1])\r\n\tby mx.test with ESMTP id "));
    EXPECT_TRUE(plain.ends_with(mail)) << "the mail itself, octet for octet";
}

TEST_F(accept_mail_test, an_inline_recipient_has_no_link_and_the_queue_holds_the_content_key)
{
    const auto authority = encryptor::make_authority("Test", 20 * 365);
    const auto issued = encryptor::issue_certificate(
        authority, encryptor::certificate_use::email, "Olga", {"olga@contoso.com"}, 20 * 365);
    mail::directory_changed directory;
    directory.recipients = {
        {box("olga@contoso.com"),
         mail::identity_type::office365,
         mail::client_type::outlook,
         issued.certificate_pem,
         false,
         false}};
    directory.actor = "test";
    bus.tell(directory);
    const auto reply = send({"olga@contoso.com", "bob@gmail.com"}, {mail});
    const auto fact = bus.all<mail::message_accepted>().at(0);
    EXPECT_EQ(
        reply.lines,
        (std::vector<std::string>{
            "accepted as " + fact.message.text,
            "<olga@contoso.com> inline, not revocable: Office 365 identity in a supported Outlook "
            "client, certificate on file",
            "<bob@gmail.com> link, revocable: gmail.com addresses read in the portal"}));
    EXPECT_TRUE(fact.recipients.at(0).link.empty());
    EXPECT_FALSE(bus.has_slot(fact.content.text, encryptor::link_slot_name("olga@contoso.com")));
    const auto held = queue_secret(fact, "olga@contoso.com");
    ASSERT_TRUE(held);
    ASSERT_EQ(held->what, encryptor::gateway_secret::kind::content_key);
    EXPECT_TRUE(opened(fact, held->octets).ends_with(mail));
}

TEST_F(accept_mail_test, nothing_that_is_stored_holds_a_word_of_the_body)
{
    send({"bob@gmail.com"}, {mail});
    for (const auto& [content, chunks] : bus.contents) {
        for (const auto& chunk : chunks) {
            EXPECT_EQ(chunk.find("secret words"), std::string::npos);
        }
    }
    for (const auto& fact : bus.events) {
        EXPECT_EQ(mail::to_json(fact).find("secret words"), std::string::npos);
    }
}

TEST_F(accept_mail_test, a_mail_that_comes_octet_by_octet_is_the_same_mail)
{
    std::vector<std::string> pieces;
    for (const char octet : mail) {
        pieces.emplace_back(1, octet);
    }
    EXPECT_EQ(send({"bob@gmail.com"}, pieces).code, 250);
    const auto fact = bus.all<mail::message_accepted>().at(0);
    EXPECT_EQ(fact.size, mail.size());
    EXPECT_EQ(fact.subject, "Numbers");
}

TEST_F(accept_mail_test, a_large_mail_goes_out_in_chunks)
{
    std::string body;
    for (int line = 0; line < 4000; ++line) {
        body += std::string(70, 'x') + "\r\n";
    }
    EXPECT_EQ(send({"bob@gmail.com"}, {mail, body}).code, 250);
    EXPECT_GE(bus.contents.begin()->second.size(), 4U);
}

TEST_F(accept_mail_test, a_mail_without_body_or_empty_line_is_a_mail)
{
    EXPECT_EQ(send({"bob@gmail.com"}, {"From: a@b.org\r\n"}).code, 250);
    EXPECT_FALSE(bus.all<mail::message_accepted>().at(0).message_id.empty()) << "given here";
}

TEST_F(accept_mail_test, a_mailbox_named_twice_gets_one_copy)
{
    send({"bob@gmail.com", "BOB@GMAIL.COM"}, {mail});
    EXPECT_EQ(bus.all<mail::message_accepted>().at(0).recipients.size(), 1U);
}

TEST_F(accept_mail_test, expiry_is_the_organisations)
{
    mail::directory_changed directory;
    directory.organisation = mail::organisation_entry{"Contoso", true, 3600};
    directory.actor = "test";
    bus.tell(directory);
    send({"bob@gmail.com"}, {mail});
    const auto fact = bus.all<mail::message_accepted>().at(0);
    EXPECT_EQ(fact.expiry_seconds, 3600);
    EXPECT_EQ(fact.recipients.at(0).rule, "organisation force-link");
}

TEST_F(accept_mail_test, strangers_may_not_send_through_us)
{
    EXPECT_FALSE(begin("192.0.2.1"));
    EXPECT_EQ(refusal.wire(), "550 5.7.1 relaying denied\r\n");
}

TEST_F(accept_mail_test, without_the_bus_or_before_the_log_is_known_mail_is_put_off)
{
    bus.up = false;
    EXPECT_FALSE(begin());
    EXPECT_EQ(refusal.code, 451);
    bus.up = true;
    ready = false;
    EXPECT_FALSE(begin());
    EXPECT_EQ(refusal.code, 451);
}

TEST_F(accept_mail_test, over_an_imported_log_no_mail_is_taken)
{
    EXPECT_FALSE(receiver().turned_away());
    bus.imported = true;
    ASSERT_TRUE(receiver().turned_away());
    EXPECT_EQ(receiver().turned_away()->code, 421);
    EXPECT_NE(receiver().turned_away()->wire().find("imported log"), std::string::npos);
}

TEST_F(accept_mail_test, a_bus_that_fails_at_the_end_gets_451_and_nothing_is_kept)
{
    for (const auto failure : {bus::errc::unavailable, bus::errc::refused}) {
        bus.append_failures = {failure};
        EXPECT_EQ(send({"bob@gmail.com"}, {mail}).code, 451);
        let_run();
        EXPECT_TRUE(bus.contents.empty());
        EXPECT_TRUE(bus.events.empty());
    }
}

TEST_F(accept_mail_test, a_bus_without_room_gets_452_and_nothing_is_kept)
{
    bus.append_failures = {bus::errc::disk};
    const auto reply = send({"bob@gmail.com"}, {mail});
    EXPECT_EQ(reply.code, 452);
    EXPECT_EQ(reply.enhanced, "4.3.1");
    let_run();
    EXPECT_TRUE(bus.contents.empty());
}

TEST_F(accept_mail_test, an_unknown_outcome_is_no_acceptance_and_loses_nothing)
{
    bus.append_failures = {bus::errc::unknown_outcome};
    EXPECT_EQ(send({"bob@gmail.com"}, {mail}).code, 451);
    let_run();
    EXPECT_EQ(bus.contents.size(), 1U) << "it was stored after all: the discard must not touch it";
}

TEST_F(accept_mail_test, a_bus_that_fails_in_the_middle_gets_451)
{
    bus.puts_before_failure = 1;
    std::vector<std::string> pieces{mail};
    for (int piece = 0; piece < 10; ++piece) {
        pieces.push_back(std::string(60'000, 'x'));
    }
    EXPECT_EQ(send({"bob@gmail.com"}, pieces).code, 451);
    let_run();
    EXPECT_TRUE(bus.contents.empty());
}

TEST_F(accept_mail_test, a_mail_that_is_given_up_is_dropped)
{
    auto transaction = begin();
    drive(io, transaction->add_recipient(box("bob@gmail.com")));
    drive(io, transaction->write(mail + std::string(100'000, 'x')));
    EXPECT_EQ(bus.contents.size(), 1U);
    transaction.reset();
    let_run();
    EXPECT_TRUE(bus.contents.empty());
}

TEST_F(accept_mail_test, the_header_keeps_to_its_limit_with_what_is_put_in_front_of_it)
{
    const auto with_header_of = [this](std::size_t octets) {
        std::string filled = mail.substr(0, mail.find("\r\n\r\n") + 2);
        while (filled.size() + 2 < octets) {
            const auto left = octets - 2 - filled.size();
            const auto line = left < 1000 ? left : std::size_t{500};
            filled += "X: " + std::string(line - 5, 'x') + "\r\n";
        }
        return filled + "\r\nsecret words\r\n";
    };
    const auto most = mail::header_reader::limit;
    EXPECT_EQ(send({"bob@gmail.com"}, {with_header_of(most)}).code, 552);
    EXPECT_EQ(send({"bob@gmail.com"}, {with_header_of(most - 1000)}).code, 250);
}

TEST_F(accept_mail_test, a_header_without_from_or_without_end_is_refused)
{
    EXPECT_EQ(send({"bob@gmail.com"}, {"Subject: x\r\n\r\nhello\r\n"}).code, 554);
    EXPECT_EQ(send({"bob@gmail.com"}, {"Subject: x\r\n"}).code, 554) << "also at the end";
    std::vector<std::string> endless{"From: a@b.org\r\n"};
    for (int field = 0; field < 1000; ++field) {
        endless.push_back("X-Filler: " + std::string(900, 'x') + "\r\n");
    }
    EXPECT_EQ(send({"bob@gmail.com"}, endless).code, 552);
    EXPECT_TRUE(bus.contents.empty());
}

} // namespace
} // namespace gateway
