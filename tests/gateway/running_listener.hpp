#pragma once

#include "encryptor/smime.hpp"
#include "gateway/smtp_listener.hpp"
#include "service/log.hpp"
#include "service/tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gateway::tests {

namespace asio = boost::asio;

struct received_mail {
    mail::address sender;
    std::vector<mail::address> recipients;
    std::string octets;
    smtp_peer peer;
};

/// A receiver that keeps mail in memory. Refuses recipients named "unknown" and mails that hold the
/// word "virus", in the middle of DATA.
class mailbag final : public smtp_receiver {
public:
    std::optional<smtp_reply> turned_away() const override
    {
        return closed ? std::optional(smtp_reply{421, "4.3.2", {"closed"}}) : std::nullopt;
    }
    asio::awaitable<std::unique_ptr<smtp_transaction>> begin(
        const smtp_peer& peer,
        const mail::address& sender,
        std::uint64_t,
        smtp_reply& refusal) override
    {
        if (sender.local_part() == "spammer") {
            refusal = {550, "5.7.1", {"not you"}};
            co_return nullptr;
        }
        auto begun = std::make_unique<transaction>(*this);
        begun->mail.peer = peer;
        begun->mail.sender = sender;
        co_return begun;
    }
    std::atomic<bool> closed = false;
    std::function<void()> at_recipient; ///< once, on the thread of the listener
    std::vector<received_mail> mails()
    {
        const std::lock_guard lock(mutex_);
        return mails_;
    }
    std::size_t dropped()
    {
        const std::lock_guard lock(mutex_);
        return dropped_;
    }
    void wait_for_dropped(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return dropped_ >= count; });
    }

private:
    struct transaction final : smtp_transaction {
        explicit transaction(mailbag& owner) : bag(owner) {}
        ~transaction() override
        {
            const std::lock_guard lock(bag.mutex_);
            if (!committed) {
                ++bag.dropped_;
                bag.changed_.notify_all();
            }
        }
        asio::awaitable<smtp_reply> add_recipient(const mail::address& recipient) override
        {
            if (const auto meanwhile = std::exchange(bag.at_recipient, nullptr)) {
                meanwhile();
            }
            if (recipient.local_part() == "unknown") {
                co_return smtp_reply{550, "5.1.1", {"no such user"}};
            }
            mail.recipients.push_back(recipient);
            co_return smtp_reply{250, "2.1.5", {"recipient OK"}};
        }
        asio::awaitable<std::optional<smtp_reply>> write(std::string_view octets) override
        {
            mail.octets += octets;
            if (mail.octets.find("virus") != std::string::npos) {
                co_return smtp_reply{554, "5.7.0", {"a virus"}};
            }
            co_return std::nullopt;
        }
        asio::awaitable<smtp_reply> commit() override
        {
            const std::lock_guard lock(bag.mutex_);
            committed = true;
            bag.mails_.push_back(mail);
            co_return smtp_reply{250, "2.0.0", {"kept", "for you"}};
        }
        mailbag& bag;
        received_mail mail;
        bool committed = false;
    };

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<received_mail> mails_;
    std::size_t dropped_ = 0;
};

/// A TLS server context with a certificate of its own authority.
inline std::shared_ptr<asio::ssl::context> make_test_tls()
{
    const auto authority = encryptor::make_authority("Test", 2);
    const auto issued = encryptor::issue_certificate(
        authority, encryptor::certificate_use::tls_server, "localhost", {"localhost"}, 1);
    std::string folder = (std::filesystem::temp_directory_path() / "sealpost-XXXXXX").string();
    if (!mkdtemp(folder.data())) {
        throw std::runtime_error("no temporary folder can be made");
    }
    const std::filesystem::path path(folder);
    std::ofstream(path / "server.pem") << issued.certificate_pem;
    std::ofstream(path / "server.key") << issued.key_pem;
    auto tls = std::make_shared<asio::ssl::context>(
        service::make_tls_server(path / "server.pem", path / "server.key"));
    std::filesystem::remove_all(path);
    return tls;
}

/// An SMTP listener on a port of the system's choice, on a thread of its own.
class running_listener {
public:
    explicit running_listener(
        smtp_limits limits = {}, std::shared_ptr<asio::ssl::context> tls = nullptr)
        : log("test", service::severity::error),
          acceptor(io, {asio::ip::make_address("127.0.0.1"), 0}),
          port(acceptor.local_endpoint().port()),
          listener(std::move(acceptor), "mx.test", std::move(tls), limits, bag, log),
          served(asio::co_spawn(io, listener.serve(), asio::use_future)),
          thread([this] { io.run(); })
    {}
    ~running_listener()
    {
        stop();
        served.wait();
        thread.join();
    }
    void stop()
    {
        asio::post(io, [this] { listener.stop(std::chrono::milliseconds(3000)); });
    }
    /// Runs a coroutine on the listener's thread.
    template <class T>
    T run(asio::awaitable<T> work)
    {
        return asio::co_spawn(io, std::move(work), asio::use_future).get();
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(port); }

    mailbag bag;
    service::log log;
    asio::io_context io{1};
    asio::ip::tcp::acceptor acceptor;
    unsigned short port;
    smtp_listener listener;
    std::future<void> served;
    std::thread thread;
};

/// A peer that says exactly what it is told, octet by octet, and blocks for the answer.
class scripted_client {
public:
    explicit scripted_client(unsigned short port) : socket_(io_)
    {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    }
    void say(std::string_view octets)
    {
        boost::system::error_code gone; // a server that hung up is seen at the next hear()
        if (tls_) {
            asio::write(*tls_, asio::buffer(octets), gone);
        } else {
            asio::write(socket_, asio::buffer(octets), gone);
        }
    }
    /// The next line with its CRLF; empty: the server hung up.
    std::string line()
    {
        boost::system::error_code gone;
        const auto end =
            tls_ ? asio::read_until(*tls_, asio::dynamic_buffer(buffer_), "\r\n", gone)
                 : asio::read_until(socket_, asio::dynamic_buffer(buffer_), "\r\n", gone);
        auto text = buffer_.substr(0, gone ? 0 : end);
        buffer_.erase(0, text.size());
        return text;
    }
    /// The next reply, all its lines.
    std::string reply()
    {
        std::string whole = line();
        while (whole.size() >= 6 && whole[whole.rfind('\n', whole.size() - 2) + 1 + 3] == '-') {
            const auto next = line();
            if (next.empty()) {
                break;
            }
            whole += next;
        }
        return whole;
    }
    std::string ask(std::string_view command)
    {
        say(std::string(command) + "\r\n");
        return reply();
    }
    /// Greeting and EHLO.
    void greet()
    {
        reply();
        ask("EHLO client.test");
    }
    /// Up to and including 354.
    std::string begin_data()
    {
        greet();
        ask("MAIL FROM:<alice@example.com>");
        ask("RCPT TO:<bob@example.org>");
        return ask("DATA");
    }
    void start_tls()
    {
        context_.emplace(asio::ssl::context::tls_client);
        tls_.emplace(socket_, *context_);
        tls_->handshake(asio::ssl::stream_base::client);
    }
    void hang_up() { socket_.close(); }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
    std::optional<asio::ssl::context> context_;
    std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
    std::string buffer_;
};

} // namespace gateway::tests
