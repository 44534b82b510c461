#pragma once

#include "bus/broker.hpp"
#include "bus/client.hpp"
#include "bus/follower.hpp"
#include "mail/event_json.hpp"
#include "revocation/access_api.hpp"
#include "revocation/applied_log.hpp"
#include "revocation/directory_api.hpp"
#include "revocation/enforcer.hpp"
#include "revocation/log_events.hpp"
#include "revocation/read_api.hpp"
#include "service/http_client.hpp"
#include "service/http_server.hpp"
#include "service/listening.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "tests/mail/story.hpp"
#include "tests/service/test_files.hpp"
#include "tests/service/test_loop.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace revocation::test {

using mail::test::first_message;
using mail::test::mailbox;

inline bus::client_settings client_of(
    const bus::curve_pair& server, const bus::curve_pair& own, const std::string& endpoint)
{
    return {endpoint, server.public_key, own.public_key, own.secret_key};
}

/// A real broker, in a folder and on a socket of its own, that may be stopped and started.
class real_bus {
public:
    real_bus(test_loop& loop, service::log& log) : loop_(loop), log_(log) { start(); }

    void start()
    {
        bus::settings wanted;
        wanted.endpoint = endpoint();
        wanted.files = {folder_.path() / "journal.db", folder_.path() / "slab"};
        wanted.public_key = keys_.public_key;
        wanted.secret_key = keys_.secret_key;
        wanted.roles.push_back(role(
            "revocation",
            {"sealpost.message.revoked",
             "sealpost.message.restored",
             "sealpost.revocation.enforced",
             "sealpost.directory.changed"}));
        wanted.roles.push_back(role(
            "others",
            {"sealpost.message.accepted",
             "sealpost.passcode.issued",
             "sealpost.passcode.tried",
             "sealpost.access.attempted",
             "sealpost.access.closed"}));
        wanted.clients = {{ours.public_key, "revocation"}, {theirs.public_key, "others"}};
        broker_ = std::make_unique<bus::broker>(
            loop_.io.get_executor(), wanted, log_, [](const std::string& why) { FAIL() << why; });
        loop_.run(broker_->start());
    }
    /// The log as if it had been imported from another pipeline, where that happened last.
    void become_imported(const mail::event& last)
    {
        stop();
        {
            bus::journal log{{folder_.path() / "journal.db", folder_.path() / "slab"}};
            log.begin(0);
            log.append("anybody", {{to_bus(last)}, {}, {}});
            log.mark_imported({1});
            log.commit();
        }
        start();
    }
    void stop()
    {
        if (!broker_)
            return;
        loop_.run(broker_->stop());
        broker_.reset();
    }

    std::string endpoint() const { return "ipc://" + (folder_.path() / "bus.sock").string(); }
    bus::client_settings client(const bus::curve_pair& own) const
    {
        return client_of(keys_, own, endpoint());
    }

    const bus::curve_pair ours = bus::curve_pair::generate();
    const bus::curve_pair theirs = bus::curve_pair::generate();

private:
    static bus::role role(std::string name, std::vector<std::string> append)
    {
        bus::role made;
        made.name = std::move(name);
        made.append = std::move(append);
        made.content_write = true;
        return made;
    }

    test_loop& loop_;
    service::log& log_;
    test_folder folder_;
    bus::curve_pair keys_ = bus::curve_pair::generate();
    std::unique_ptr<bus::broker> broker_;
};

/// What a process of ours consists of, but for TLS and the settings: it can be thrown away and made
/// anew.
class admin_process {
public:
    admin_process(test_loop& loop, service::log& log, bus::client_settings bus, token_table tokens)
        : loop_(loop),
          client_(loop.io.get_executor(), std::move(bus), log),
          follower_(
              client_, [this](const bus::stored_event& stored) { apply(stored); }, log),
          enforcer_(loop.io.get_executor(), applied_, applied_.grants, follower_, log),
          gate_(std::move(tokens), log, [this] { return client_.follow_only(); }),
          reading_(applied_, follower_),
          access_(applied_, follower_, enforcer_, log),
          directory_(applied_, follower_, log),
          sessions_(loop.io.get_executor(), log)
    {
        auto acceptor = service::open_acceptor(loop.io.get_executor(), "127.0.0.1:0");
        url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        std::vector<service::http_route> table;
        for (auto part : {reading_.routes(gate_), access_.routes(gate_), directory_.routes(gate_)})
            std::ranges::move(part, std::back_inserter(table));
        server_ = std::make_unique<service::http_server>(
            std::move(acceptor), nullptr, std::move(table), service::http_limits{}, log);
        sessions_.spawn(
            "serve",
            [this] { return server_->serve(); },
            [this] { server_->stop(std::chrono::milliseconds{100}); });
        sessions_.spawn(
            "enforce", [this] { return enforcer_.run(); }, [this] { enforcer_.stop(); });
        sessions_.spawn(
            "follow", [this]() -> boost::asio::awaitable<void> { co_await follower_.follow(); });
    }
    ~admin_process() { loop_.run(sessions_.drain(std::chrono::milliseconds{200})); }

    const applied_log& applied() const { return applied_; }
    bool caught_up() const { return enforcer_.caught_up(); }
    std::string url;

private:
    void apply(const bus::stored_event& stored)
    {
        const boot_time now = service::boot_clock::now().time_since_epoch();
        applied_.apply(stored.seq, stored.time, mail::parse_event(stored.payload), now);
        enforcer_.wake();
    }

    test_loop& loop_;
    bus::client client_;
    applied_log applied_;
    bus::follower follower_;
    enforcer enforcer_;
    admin_gate gate_;
    read_api reading_;
    access_api access_;
    directory_api directory_;
    std::unique_ptr<service::http_server> server_;
    service::session_group sessions_;
};

/// The admin API in front of a real bus, with a gateway and a portal that say what the test wants.
class admin_site : public testing::Test {
protected:
    admin_site()
    {
        testing::internal::CaptureStderr();
        bus_ = std::make_unique<real_bus>(loop_, log_);
        others_ = std::make_unique<bus::client>(
            loop_.io.get_executor(), bus_->client(bus_->theirs), log_);
        loop_.run(others_->ready());
        restart();
    }
    ~admin_site() override
    {
        process_.reset();
        others_.reset();
        bus_->stop();
        testing::internal::GetCapturedStderr();
    }

    void restart()
    {
        process_.reset();
        std::vector<std::string> faults;
        // SHA-256 of "open sesame" and of "look only".
        auto tokens = token_table::parse(
            "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb administrator Ali\n"
            "daeb43136fe6c77ba487eeaf730426e9f442dc0c6ecc7526ba19bb48c264061e auditor Cassim\n",
            faults);
        EXPECT_TRUE(faults.empty());
        process_ = std::make_unique<admin_process>(
            loop_, log_, bus_->client(bus_->ours), std::move(tokens));
        loop_.wait_for([this] { return process_->caught_up(); });
    }

    /// As the gateway or the portal: the seq.
    std::uint64_t tell(const mail::event& fact)
    {
        bus::append_batch batch;
        batch.events.push_back(to_bus(fact));
        if (const auto* accepted = std::get_if<mail::message_accepted>(&fact.body)) {
            loop_.run(others_->put_chunk(accepted->content.text, 0, "sealed"));
            batch.contents.push_back(accepted->content.text);
        }
        const auto appended = loop_.run(others_->append(std::move(batch)));
        EXPECT_FALSE(appended.error) << appended.error.message();
        return appended.error ? 0 : appended.value.back();
    }
    void accept(
        const std::vector<std::string>& links,
        const std::vector<std::string>& inlines = {},
        const mail::network_message_id& message = first_message)
    {
        mail::test::story story;
        story.accept(links, inlines, 0, message);
        mail::event fact = make_event(story.log.front().second.body);
        auto& accepted = std::get<mail::message_accepted>(fact.body);
        accepted.content.text = std::string(28, '0') + std::to_string(1000 + contents_++);
        for (auto& each : accepted.recipients)
            each.link.text = each.link.text.empty() ? "" : std::string(64, 'a');
        tell(fact);
    }
    /// Signs in and opens the message; the attempt, still open.
    mail::event_id open_message(const std::string& who)
    {
        const std::string session(64, 'b');
        mail::passcode_issued issued;
        issued.challenge = {"challenge-of-" + who};
        issued.message = first_message;
        issued.recipient = mailbox(who);
        issued.reference = "ABC";
        issued.code_hash = std::string(64, 'c');
        tell(make_event(issued));
        tell(make_event(mail::passcode_tried{issued.challenge, true, {session}}));
        const mail::event attempt = make_event(mail::access_attempted{
            first_message, mailbox(who), {session}, "portal", mail::access_kind::view, "", {}});
        tell(attempt);
        return attempt.id;
    }

    service::http_answer ask(
        const std::string& method,
        const std::string& path,
        const std::string& body = {},
        const std::string& token = "open sesame")
    {
        return loop_.run(call(method, path, body, token));
    }
    boost::asio::awaitable<service::http_answer> call(
        std::string method, std::string path, std::string body, std::string token)
    {
        std::vector<std::pair<std::string, std::string>> headers;
        if (!token.empty())
            headers.emplace_back("Authorization", "Bearer " + token);
        return service::http_call(
            std::move(method),
            process_->url + path,
            std::move(headers),
            std::move(body),
            tls_,
            std::chrono::seconds{9});
    }
    nlohmann::json ask_json(
        const std::string& method, const std::string& path, const std::string& body = {})
    {
        const auto answer = ask(method, path, body);
        EXPECT_EQ(answer.status, 200u) << answer.body;
        return nlohmann::json::parse(answer.body);
    }

    test_loop loop_;
    service::log log_{"test", service::severity::debug};
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
    std::unique_ptr<real_bus> bus_;
    std::unique_ptr<bus::client> others_;
    std::unique_ptr<admin_process> process_;
    int contents_ = 0;
};

} // namespace revocation::test
