#include "cli/smtp_exchange.hpp"

#include "cli/failure.hpp"
#include "service/connection.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <memory>

namespace cli {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds deadline{60};
constexpr std::size_t longest_reply = 256 * 1024; ///< a line for each of 100 recipients fits well

class smtp_dialogue {
public:
    explicit smtp_dialogue(std::unique_ptr<service::connection> connection)
        : connection_(std::move(connection))
    {}

    asio::awaitable<smtp_outcome> reply(std::string stage)
    {
        smtp_outcome outcome;
        while (!take_reply(received_, outcome)) {
            std::array<char, 4096> octets;
            std::size_t got = 0;
            const boost::system::error_code error =
                co_await connection_->read_some(octets, got, deadline);
            if (error)
                throw failure("the gateway hung up after " + stage + ": " + error.message());
            received_.append(octets.data(), got);
        }
        outcome.stage = std::move(stage);
        co_return outcome;
    }

    asio::awaitable<smtp_outcome> say(std::string line, std::string stage)
    {
        line += "\r\n";
        co_return co_await send(std::move(line), std::move(stage));
    }

    asio::awaitable<smtp_outcome> send(std::string octets, std::string stage)
    {
        std::size_t written = 0;
        const boost::system::error_code error =
            co_await connection_->write(octets, written, deadline);
        if (error)
            throw failure("the gateway hung up during " + stage + ": " + error.message());
        co_return co_await reply(std::move(stage));
    }

    /// Nobody needs its answer.
    asio::awaitable<void> quit()
    {
        std::size_t written = 0;
        const boost::system::error_code ignored =
            co_await connection_->write("QUIT\r\n", written, deadline);
        static_cast<void>(ignored);
    }

private:
    std::unique_ptr<service::connection> connection_;
    std::string received_;
};

asio::awaitable<smtp_outcome> transact(smtp_dialogue& dialogue, const smtp_mail& mail)
{
    smtp_outcome last = co_await dialogue.reply("the greeting");
    if (last.code != 220)
        co_return last;
    last = co_await dialogue.say("EHLO sealpost.localhost", "EHLO");
    if (last.code != 250)
        co_return last;
    std::string command =
        "MAIL FROM:<" + mail.sender + "> SIZE=" + std::to_string(mail.octets.size());
    last = co_await dialogue.say(std::move(command), "MAIL FROM:<" + mail.sender + ">");
    for (const std::string& recipient : mail.recipients) {
        if (last.code >= 300)
            co_return last;
        const std::string to = "RCPT TO:<" + recipient + ">";
        last = co_await dialogue.say(to, to);
    }
    if (last.code >= 300)
        co_return last;
    last = co_await dialogue.say("DATA", "the command DATA");
    if (last.code != 354)
        co_return last;
    std::string stuffed = dot_stuffed(mail.octets);
    last = co_await dialogue.send(std::move(stuffed), "DATA");
    co_return last;
}

bool plain(const std::string& address)
{
    for (const char character : address)
        if (static_cast<unsigned char>(character) <= ' ' || character == '<' || character == '>')
            return false;
    return true;
}

void refuse_injection(const smtp_mail& mail)
{
    if (!plain(mail.sender))
        throw failure("'" + mail.sender + "' is no mail address", exit_code::wrong_arguments);
    for (const std::string& recipient : mail.recipients)
        if (!plain(recipient))
            throw failure("'" + recipient + "' is no mail address", exit_code::wrong_arguments);
}

} // namespace

asio::awaitable<smtp_outcome> exchange_mail(smtp_mail mail)
{
    refuse_injection(mail);
    boost::system::error_code error;
    std::unique_ptr<service::connection> connection =
        co_await service::connect(mail.server, error, deadline);
    if (error || !connection)
        throw failure(
            "cannot reach the gateway at " + mail.server + ": " + error.message() +
            "; see log/gateway.log in the state directory");
    smtp_dialogue dialogue(std::move(connection));
    smtp_outcome outcome = co_await transact(dialogue, mail);
    co_await dialogue.quit();
    co_return outcome;
}

std::string dot_stuffed(std::string_view octets)
{
    std::string stuffed;
    stuffed.reserve(octets.size() + 16);
    bool line_start = true;
    for (const char octet : octets) {
        if (line_start && octet == '.')
            stuffed += '.';
        stuffed += octet;
        line_start = octet == '\n';
    }
    if (!stuffed.ends_with("\r\n"))
        stuffed += "\r\n";
    return stuffed + ".\r\n";
}

bool take_reply(std::string& received, smtp_outcome& reply)
{
    smtp_outcome read;
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = received.find('\n', at);
        if (end == std::string::npos) {
            if (received.size() > longest_reply)
                throw failure("the server's reply is too long for SMTP");
            return false;
        }
        std::string line = received.substr(at, end - at);
        at = end + 1;
        if (line.ends_with('\r'))
            line.pop_back();
        const char* const digits = line.data();
        const auto [rest, wrong] = std::from_chars(digits, digits + line.size(), read.code);
        const bool separated =
            line.size() == 3 || (line.size() > 3 && (line[3] == ' ' || line[3] == '-'));
        if (wrong != std::errc() || rest != digits + 3 || !separated)
            throw failure("the server does not speak SMTP: it said '" + line.substr(0, 80) + "'");
        read.lines.push_back(line.size() > 4 ? line.substr(4) : "");
        if (line.size() == 3 || line[3] == ' ')
            break;
    }
    received.erase(0, at);
    reply = std::move(read);
    return true;
}

} // namespace cli
