#pragma once

#include "encryptor/key_slot.hpp"
#include "encryptor/link_token.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/smime.hpp"
#include "gateway/deliver_mail.hpp"
#include "service/log.hpp"
#include "tests/gateway/box.hpp"
#include "tests/gateway/log_in_memory.hpp"
#include "tests/gateway/running_listener.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gateway::tests {

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
class delivery : public testing::Test {
protected:
    delivery() : log("test", service::severity::error) { encryptor::start_cryptography(); }
    ~delivery() override { crash(); }

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
            [this] { return bus.now - clock_behind; },
            log,
            [this] { return moment; });
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
    void run_until(const std::function<bool()>& done) { gateway::tests::run_until(io, done); }
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
    /// A passcode mail of the portal.
    void submit(const std::string& id, const std::string& where)
    {
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

    running_listener server;
    boost::asio::io_context io{1};
    service::log log;
    log_in_memory bus;
    encryptor::box_key_pair own = encryptor::box_key_pair::generate();
    encryptor::link_token token = encryptor::link_token::random();
    std::unique_ptr<deliver_mail> deliver;
    bool finished = true;
    mail::bus_time clock_behind = 0; ///< the log's time
    std::chrono::steady_clock::time_point moment{};
    std::string next_hop;
    const std::string message = "0190a000-0000-7000-8000-000000000001";
    const std::string content = "00112233445566778899aabbccddeeff";
    const std::string original =
        "From: Alice <alice@example.com>\r\nTo: olga@contoso.com\r\nSubject: Numbers\r\n"
        "Message-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
        "secret words\r\n";
};

} // namespace gateway::tests
