#pragma once

#include "gateway/smtp_data.hpp"
#include "gateway/smtp_input.hpp"
#include "gateway/smtp_listener.hpp"
#include "gateway/smtp_session.hpp"
#include "service/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace gateway {

/// One SMTP conversation over one connection: the shell around smtp_session and smtp_data. The peer
/// may be an enemy: every line, every mail and every wait is bounded.
class smtp_connection {
public:
    /// `tls`, `receiver` outlive it.
    smtp_connection(
        std::shared_ptr<service::connection> peer,
        const std::string& host_name,
        boost::asio::ssl::context* tls,
        const smtp_limits& limits,
        smtp_receiver& receiver);

    /// The whole conversation; returns when it is over.
    boost::asio::awaitable<void> run();
    /// Asks it to end: 421 at the next command, at once when idle. A mail that is coming in may
    /// finish.
    void stop();

private:
    using clock = std::chrono::steady_clock;

    boost::asio::awaitable<std::optional<std::string>> next_line();
    boost::asio::awaitable<bool> read_more(clock::time_point until);
    boost::asio::awaitable<void> perform(smtp_step step);
    boost::asio::awaitable<void> begin_mail(smtp_step step);
    boost::asio::awaitable<void> add_recipient(smtp_step step);
    boost::asio::awaitable<void> receive_data();
    boost::asio::awaitable<std::optional<smtp_reply>> take_mail(smtp_data& data);
    boost::asio::awaitable<void> start_tls();
    boost::asio::awaitable<void> flush();
    boost::asio::awaitable<void> hang_up();

    void say(const smtp_reply& reply) { output_ += reply.wire(); }
    void close_after(const smtp_reply& reply);

    std::shared_ptr<service::connection> peer_;
    std::string host_name_;
    boost::asio::ssl::context* tls_;
    smtp_limits limits_;
    smtp_receiver& receiver_;
    smtp_session session_;
    smtp_input input_;
    std::unique_ptr<smtp_transaction> transaction_;
    std::string output_;
    std::array<char, 16 * 1024> chunk_;
    bool waiting_for_command_ = false;
    bool stopping_ = false;
    bool closing_ = false;
};

} // namespace gateway
