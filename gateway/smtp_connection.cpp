#include "gateway/smtp_connection.hpp"

#include "gateway/smtp_data.hpp"
#include "gateway/smtp_reply.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace gateway {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto write_deadline = 60s;
constexpr auto tls_deadline = 30s;
constexpr auto hang_up_patience = 2s;

std::chrono::milliseconds left_until(std::chrono::steady_clock::time_point until)
{
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

} // namespace

smtp_connection::smtp_connection(
    std::shared_ptr<service::connection> peer,
    const std::string& host_name,
    asio::ssl::context* tls,
    const smtp_limits& limits,
    smtp_receiver& receiver)
    : peer_(std::move(peer)),
      host_name_(host_name),
      tls_(tls),
      limits_(limits),
      receiver_(receiver),
      session_(host_name, limits, tls != nullptr),
      input_(limits.command_octets)
{}

void smtp_connection::stop()
{
    stopping_ = true;
    if (waiting_for_command_) {
        peer_->cancel_read();
    }
}

asio::awaitable<void> smtp_connection::run()
{
    say(session_.greeting());
    while (!closing_) {
        const auto line = co_await next_line();
        if (!line) {
            break;
        }
        auto step = session_.line(*line);
        co_await perform(std::move(step));
    }
    co_await flush();
    co_await hang_up();
}

/// nullopt: the conversation is over, its last reply said.
asio::awaitable<std::optional<std::string>> smtp_connection::next_line()
{
    // The whole command within the idle limit, so that a line cannot be dripped octet by octet.
    const auto until = clock::now() + limits_.idle;
    std::string line;
    for (;;) {
        if (stopping_) {
            close_after(reply_for(smtp_outcome::stopping, host_name_));
            co_return std::nullopt;
        }
        switch (input_.next_line(line)) {
        case smtp_input::cut::line:
            co_return line;
        case smtp_input::cut::too_long:
            close_after(reply_for(smtp_outcome::command_too_long));
            co_return std::nullopt;
        case smtp_input::cut::bare_line_feed:
            close_after(reply_for(smtp_outcome::bare_line_feed_in_command));
            co_return std::nullopt;
        case smtp_input::cut::more:
            break;
        }
        co_await flush();
        if (closing_) {
            co_return std::nullopt;
        }
        waiting_for_command_ = true;
        const bool came = co_await read_more(until);
        waiting_for_command_ = false;
        if (!came && !stopping_) {
            co_return std::nullopt;
        }
    }
}

/// false: nothing more will come; after a timeout the peer is told.
asio::awaitable<bool> smtp_connection::read_more(clock::time_point until)
{
    const auto patience = left_until(until);
    if (stopping_ && waiting_for_command_) {
        co_return false;
    }
    std::size_t got = 0;
    boost::system::error_code error;
    if (patience > 0ms) {
        error = co_await peer_->read_some(chunk_, got, patience);
    }
    if (got > 0) {
        input_.append({chunk_.data(), got});
        co_return true;
    }
    if (stopping_ && waiting_for_command_) {
        co_return false;
    }
    if (clock::now() >= until) {
        close_after(reply_for(smtp_outcome::timed_out, host_name_));
    }
    closing_ = true;
    co_return false;
}

asio::awaitable<void> smtp_connection::perform(smtp_step step)
{
    switch (step.wanted) {
    case smtp_step::action::begin_mail:
        co_await begin_mail(std::move(step));
        co_return;
    case smtp_step::action::add_recipient:
        co_await add_recipient(std::move(step));
        co_return;
    case smtp_step::action::reset:
        transaction_.reset();
        break;
    case smtp_step::action::close:
        closing_ = true;
        break;
    case smtp_step::action::read_data:
        say(step.reply);
        co_await receive_data();
        co_return;
    case smtp_step::action::start_tls:
        if (!input_.empty()) {
            // What a man in the middle put behind STARTTLS must not be taken for the peer's words
            // in TLS.
            close_after(reply_for(smtp_outcome::plaintext_after_starttls));
            co_return;
        }
        say(step.reply);
        co_await start_tls();
        co_return;
    case smtp_step::action::reply:
        break;
    }
    say(step.reply);
}

asio::awaitable<void> smtp_connection::begin_mail(smtp_step step)
{
    const smtp_peer peer{peer_->remote_address(), session_.peer_name(), session_.tls()};
    smtp_reply refusal;
    transaction_ =
        co_await receiver_.begin(peer, step.command.path, step.command.declared_size, refusal);
    const auto answer =
        session_.answered(transaction_ ? reply_for(smtp_outcome::sender_ok) : refusal);
    closing_ = answer.wanted == smtp_step::action::close;
    say(answer.reply);
}

asio::awaitable<void> smtp_connection::add_recipient(smtp_step step)
{
    const auto reply = co_await transaction_->add_recipient(step.command.path);
    const auto answer = session_.answered(reply);
    closing_ = answer.wanted == smtp_step::action::close;
    say(answer.reply);
}

asio::awaitable<void> smtp_connection::receive_data()
{
    co_await flush();
    smtp_data data(limits_.message_octets);
    auto refusal = co_await take_mail(data);
    if (!data.ended()) {
        transaction_.reset();
        co_return; // the connection broke or the time was up: nothing is kept
    }
    if (data.fault()) {
        refusal = reply_for(*data.fault(), std::to_string(limits_.message_octets));
    }
    if (!refusal) {
        refusal = co_await transaction_->commit();
    }
    transaction_.reset();
    session_.data_ended(refusal->positive());
    if (data.must_close()) {
        close_after(*refusal);
    } else {
        say(*refusal);
    }
}

/// The receiver's refusal, if any; ends with `data` ended, or not when the connection is of no use
/// any more.
asio::awaitable<std::optional<smtp_reply>> smtp_connection::take_mail(smtp_data& data)
{
    const auto until = clock::now() + limits_.data;
    std::optional<smtp_reply> refusal;
    while (!data.ended()) {
        if (closing_) {
            co_return refusal;
        }
        if (input_.empty()) {
            const auto patience = std::min(until, clock::now() + limits_.idle);
            if (!co_await read_more(patience)) {
                co_return refusal;
            }
        }
        std::string mail;
        input_.drop(data.take(input_.view(), mail));
        if (!mail.empty() && transaction_ && !data.fault()) {
            refusal = co_await transaction_->write(mail);
        }
        if (refusal || data.fault()) {
            transaction_.reset(); // the rest is read and dropped
        }
    }
    co_return refusal;
}

asio::awaitable<void> smtp_connection::start_tls()
{
    co_await flush();
    if (closing_) {
        co_return;
    }
    const auto error = co_await peer_->start_tls_server(*tls_, tls_deadline);
    if (error) {
        closing_ = true;
        output_.clear();
        co_return;
    }
    transaction_.reset();
    session_.tls_started();
}

asio::awaitable<void> smtp_connection::flush()
{
    if (output_.empty()) {
        co_return;
    }
    const auto octets = std::exchange(output_, {});
    std::size_t written = 0;
    if (co_await peer_->write(octets, written, write_deadline)) {
        closing_ = true;
    }
}

asio::awaitable<void> smtp_connection::hang_up()
{
    transaction_.reset();
    co_await peer_->shut_down(hang_up_patience);
}

void smtp_connection::close_after(const smtp_reply& reply)
{
    say(reply);
    closing_ = true;
}

} // namespace gateway
