#pragma once

#include "encryptor/key_slot.hpp"
#include "encryptor/link_token.hpp"
#include "encryptor/sealed_stream.hpp"
#include "mail/mime_reader.hpp"
#include "portal/access_record.hpp"
#include "portal/browser_request.hpp"
#include "portal/fresh_values.hpp"
#include "portal/open_message.hpp"
#include "portal/passcodes.hpp"
#include "portal/routes.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "tests/portal/fake_mail_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <regex>
#include <string>

namespace tests {

/// The portal with a log in memory and clocks that the test turns; asked through its table of
/// routes.
class portal_under_test : public ::testing::Test {
protected:
    portal_under_test()
    {
        encryptor::start_cryptography();
        self.name = "portal-2";
        self.source = "/portal/portal-2";
        self.no_reply = *mail::address::parse("no-reply@contoso.com");
        self.public_origin = "https://portal.example";
        secrets.portal_box = encryptor::box_key_pair::generate();
        secrets.gateway_box_public = gateway_box.public_key;
        secrets.passcode_key = encryptor::secret::random(32);
        time.boot = [this] { return boot; };
        time.wall = [this] { return log.now; };
    }

    template <class T>
    T run(boost::asio::awaitable<T> work)
    {
        std::future<T> result = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
        io.restart();
        while (result.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            io.run_one();
        }
        return result.get();
    }

    service::http_response ask(
        const std::string& route,
        const std::string& token,
        const std::map<std::string, std::string>& form = {},
        std::string method = {})
    {
        for (const service::http_route& one : routes) {
            if (one.name == route) {
                service::http_request request;
                request.method = method.empty() ? one.method : method;
                request.parameters = {{"token", token}, {"index", index}};
                request.headers = headers;
                if (!cookie.empty()) {
                    request.headers["cookie"] = cookie;
                }
                request.query = form;
                request.headers["content-type"] = "application/x-www-form-urlencoded";
                for (const auto& [name, value] : form) {
                    request.body += (request.body.empty() ? "" : "&") + name + '=' + value;
                }
                service::http_response response = run(one.handle(request));
                keep_cookie(response);
                return response;
            }
        }
        throw std::logic_error{"no such route"};
    }

    static std::string header(const service::http_response& response, std::string_view name)
    {
        for (const auto& [key, value] : response.headers) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }

    void keep_cookie(const service::http_response& response)
    {
        const std::string set = header(response, "Set-Cookie");
        if (!set.empty()) {
            cookie = set.substr(0, set.find(';'));
        }
    }

    /// Takes the whole body as the server does, and tells the source so.
    std::string read(service::http_response& response)
    {
        if (!response.source) {
            return response.body;
        }
        std::string octets;
        while (const std::optional<std::string> piece = run(response.source->next())) {
            EXPECT_LE(piece->size(), 64 * 1024U);
            EXPECT_GT(*response.source->not_after(), boot);
            octets += *piece;
        }
        response.source->ended(octets.size(), service::body_ending::complete);
        settle();
        return octets;
    }

    /// Lets closes be appended.
    void settle()
    {
        io.restart();
        io.poll();
    }

    struct sent_message {
        mail::network_message_id id;
        mail::address recipient;
        std::string token;
        std::string content;
    };

    sent_message send(
        const std::string& mailbox, const std::string& octets, std::int64_t expiry = 0)
    {
        sent_message sent;
        sent.id = mail::network_message_id{portal::fresh_uuid()};
        sent.recipient = *mail::address::parse(mailbox);
        sent.content = portal::fresh_content_id();
        const encryptor::link_token token = encryptor::link_token::random();
        sent.token = token.text();
        const encryptor::secret key = encryptor::secret::random(32);
        encryptor::stream_sealer sealer{key, sent.content};
        log.contents[sent.content] = sealer.push(octets);
        log.contents[sent.content].push_back(sealer.finish());
        const encryptor::slot_binding binding{sent.id.text, sent.recipient.key(), sent.content};
        log.slots[{sent.content, encryptor::link_slot_name(sent.recipient.key())}] =
            encryptor::seal_link_slot(secrets.portal_box.public_key, token, key, binding);
        log.append_now(accepted(sent, token.locator(), octets.size(), expiry));
        return sent;
    }

    mail::event accepted(
        const sent_message& sent, const std::string& locator, std::size_t size, std::int64_t expiry)
    {
        mail::accepted_recipient reader;
        reader.mailbox = sent.recipient;
        reader.delivery = mail::delivery_mode::link;
        reader.revocable = true;
        reader.rule = "directory";
        reader.reason = "no S/MIME";
        reader.link = mail::locator{locator};
        mail::message_accepted body;
        body.message = sent.id;
        body.message_id = mail::header_message_id{"<" + sent.id.text + "@contoso.com>"};
        body.sender = *mail::address::parse("sender@contoso.com");
        body.subject = "Figures";
        body.size = size;
        body.content = mail::content_id{sent.content};
        body.expiry_seconds = expiry;
        body.recipients = {reader};
        return fact(body);
    }

    mail::event fact(mail::event_body body)
    {
        return {mail::event_id{portal::fresh_uuid()}, "/test", std::move(body)};
    }

    void revoke(const sent_message& sent, const std::string& note = {})
    {
        mail::message_revoked body;
        body.message = sent.id;
        body.actor = "administrator";
        body.note = note;
        log.append_now(fact(body));
    }

    /// The code of the latest passcode mail, read as the gateway reads it.
    std::string passcode()
    {
        const auto& submitted = log.last<mail::mail_submitted>();
        const std::string recipient = submitted.recipients.front().key();
        const std::string content = submitted.content.text;
        const encryptor::slot_binding binding{log.facts.back().id.text, recipient, content};
        const auto held = encryptor::open_gateway_slot(
            log.slots.at({content, encryptor::gateway_slot_name(recipient)}), gateway_box, binding);
        if (!held) {
            throw std::logic_error{"the gateway's slot does not open"};
        }
        encryptor::stream_opener stream{held->octets, content};
        std::string octets;
        for (const std::string& chunk : log.contents.at(content)) {
            octets += stream.open(chunk).value();
        }
        const std::string text = mail::read_mail(octets).text.value();
        std::smatch match;
        std::regex_search(text, match, std::regex{"\\b(\\d{4}) ?(\\d{4})\\b"});
        return match[1].str() + match[2].str();
    }

    static std::string challenge_of(const service::http_response& redirect)
    {
        const std::string location = header(redirect, "Location");
        return location.substr(location.find('=') + 1);
    }

    void sign_in(const sent_message& sent)
    {
        const std::string challenge = challenge_of(ask("passcode", sent.token));
        const service::http_response answer =
            ask("sign-in", sent.token, {{"challenge", challenge}, {"code", passcode()}});
        ASSERT_EQ(answer.status, 303U) << answer.body;
    }

    static bool has(const std::string& text, std::string_view part)
    {
        return text.find(part) != std::string::npos;
    }

    boost::asio::io_context io;
    service::log diagnostics{"test", service::severity::error};
    fake_mail_log log;
    encryptor::box_key_pair gateway_box = encryptor::box_key_pair::generate();
    portal::identity self;
    portal::keys secrets;
    portal::clocks time;
    service::boot_clock::time_point boot{std::chrono::hours{1}};
    service::session_group closings{io.get_executor(), diagnostics};
    portal::access_record record{log, closings, self, diagnostics};
    portal::message_opener opener{log, record, secrets, time, diagnostics};
    portal::passcode_desk desk{log, secrets, self, time};
    portal::offload elsewhere = at_once;
    portal::reading_routes reading{
        log,
        opener,
        time,
        io.get_executor(),
        [this](std::function<void()> work) { return elsewhere(std::move(work)); },
        3};
    portal::sign_in_routes signing_in{log, desk, self, time};
    std::vector<service::http_route> routes =
        portal::make_routes(log, reading, signing_in, [] { return service::readiness{}; });
    std::map<std::string, std::string> headers;
    std::string cookie;
    std::string index = "0";

private:
    static boost::asio::awaitable<void> at_once(std::function<void()> work)
    {
        work();
        co_return;
    }
};

} // namespace tests
