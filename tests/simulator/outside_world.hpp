#pragma once

#include "gateway/smtp_client.hpp"
#include "gateway/smtp_listener.hpp"
#include "service/http_client.hpp"
#include "service/http_server.hpp"
#include "service/listening.hpp"
#include "service/log.hpp"
#include "service/session_group.hpp"
#include "simulator/mailboxes/arrivals.hpp"
#include "simulator/mailboxes/mail_client.hpp"
#include "simulator/mailboxes/mailbox_api.hpp"
#include "simulator/mailboxes/mailbox_receiver.hpp"
#include "simulator/mailboxes/mailbox_site.hpp"
#include "simulator/mailboxes/mailbox_store.hpp"
#include "tests/service/test_files.hpp"
#include "tests/service/test_loop.hpp"
#include "tests/service/test_site.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace simulator::test {

inline mail::address mailbox(std::string_view text)
{
    return mail::address::parse(text).value();
}

inline const std::string plain_mail =
    "From: Ann <ann@contoso.com>\r\nTo: carol@gmail.com\r\nSubject: Hello\r\n\r\nHello Carol\r\n";

/// The mailboxes on real sockets.
class outside_world : public testing::Test {
protected:
    explicit outside_world(gateway::smtp_limits limits = {}, service::http_limits patience = {})
        : store_(folder_.path() / "mailboxes.db"),
          client_(folder_.path(), folder_.path() / "authority.pem"),
          arrived_(loop_.io.get_executor()),
          receiver_(
              loop_.io.get_executor(), store_, faults_, arrived_, [] { return 1'800'000'000'123; }),
          api_(store_, client_, faults_, arrived_),
          sessions_(loop_.io.get_executor(), log_)
    {
        testing::internal::CaptureStderr();
        auto smtp = service::open_acceptor(loop_.io.get_executor(), "127.0.0.1:0");
        smtp_address_ = "127.0.0.1:" + std::to_string(smtp.local_endpoint().port());
        listener_ = std::make_unique<gateway::smtp_listener>(
            std::move(smtp), "outside.test", nullptr, limits, receiver_, log_);
        auto http = service::open_acceptor(loop_.io.get_executor(), "127.0.0.1:0");
        http_address_ = "127.0.0.1:" + std::to_string(http.local_endpoint().port());
        auto routes = api_.routes();
        std::ranges::move(mailbox_site(store_, client_), std::back_inserter(routes));
        server_ = std::make_unique<service::http_server>(
            std::move(http), nullptr, std::move(routes), patience, log_);
        server_->on_error(site_error);
        sessions_.spawn(
            "smtp", [this] { return listener_->serve(); }, [this] { listener_->stop(); });
        sessions_.spawn(
            "http",
            [this] { return server_->serve(); },
            [this] {
                arrived_.stop();
                server_->stop();
            });
    }
    ~outside_world() override
    {
        loop_.run(sessions_.drain(std::chrono::milliseconds{200}));
        testing::internal::GetCapturedStderr();
    }

    gateway::smtp_reply send(
        const std::string& recipient = "carol@gmail.com",
        const std::string& octets = plain_mail,
        const std::string& sender = "ann@contoso.com")
    {
        return loop_.run(gateway::send_mail(sending(recipient, octets, sender)));
    }
    gateway::smtp_sending sending(
        const std::string& recipient, const std::string& octets, const std::string& sender) const
    {
        gateway::smtp_sending made;
        made.next_hop = smtp_address_;
        made.host_name = "gateway.test";
        made.sender = mailbox(sender);
        made.recipient = mailbox(recipient);
        made.octets = [left = std::make_shared<std::optional<std::string>>(octets)] {
            return next_piece(left);
        };
        made.deadline = std::chrono::seconds{5};
        return made;
    }

    /// Peers that say exactly what the test wants.
    raw_client smtp_peer() { return {loop_, smtp_address_}; }
    raw_client http_peer() { return {loop_, http_address_}; }

    service::http_answer ask(
        const std::string& method, const std::string& path, const std::string& body = {})
    {
        return loop_.run(call(method, path, body));
    }
    boost::asio::awaitable<service::http_answer> call(
        std::string method, std::string path, std::string body = {})
    {
        return service::http_call(
            std::move(method),
            "http://" + http_address_ + path,
            {},
            std::move(body),
            tls_,
            std::chrono::seconds{9});
    }
    nlohmann::json get(const std::string& path)
    {
        const auto answer = ask("GET", path);
        EXPECT_EQ(answer.status, 200u) << answer.body;
        return nlohmann::json::parse(answer.body);
    }
    nlohmann::json mails(const std::string& address = "carol@gmail.com")
    {
        return get("/api/mailboxes/" + address + "/messages");
    }

    test_folder folder_;
    test_loop loop_;
    service::log log_{"test", service::severity::debug};
    mailbox_store store_;
    mail_client client_;
    fault_script faults_;
    arrivals arrived_;
    mailbox_receiver receiver_;
    mailbox_api api_;
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
    std::string smtp_address_;
    std::string http_address_;
    std::unique_ptr<gateway::smtp_listener> listener_;
    std::unique_ptr<service::http_server> server_;
    service::session_group sessions_;

private:
    static boost::asio::awaitable<std::optional<std::string>> next_piece(
        std::shared_ptr<std::optional<std::string>> left)
    {
        co_return std::exchange(*left, std::nullopt);
    }
};

} // namespace simulator::test
