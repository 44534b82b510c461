#include "gateway/smtp_client.hpp"

#include "gateway/reply_reader.hpp"
#include "gateway/smtp_data.hpp"
#include "gateway/smtp_input.hpp"
#include "service/connection.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace gateway {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

smtp_reply no_reply(std::string why)
{
    return {0, "", {std::move(why)}};
}

/// One conversation with the next hop, step by step. A reply of code 0 means that there was none;
/// the connection is then of no use any more.
class outgoing_session {
public:
    outgoing_session(std::unique_ptr<service::connection> peer, std::chrono::milliseconds deadline)
        : peer_(std::move(peer)), deadline_(deadline)
    {}
    // What was not ended in good order is cut, so that the peer never takes half a mail for a whole
    // one.
    ~outgoing_session()
    {
        if (!ended_) {
            peer_->abort();
        }
    }
    outgoing_session(const outgoing_session&) = delete;
    outgoing_session& operator=(const outgoing_session&) = delete;

    asio::awaitable<smtp_reply> greet(const std::string& host_name);
    asio::awaitable<smtp_reply> envelope(const smtp_sending& sending);
    asio::awaitable<smtp_reply> data(const mail_source& octets);
    asio::awaitable<void> quit();

private:
    asio::awaitable<smtp_reply> read_reply(std::chrono::milliseconds deadline);
    asio::awaitable<smtp_reply> command(std::string line);
    asio::awaitable<boost::system::error_code> write(std::string octets);

    std::unique_ptr<service::connection> peer_;
    std::chrono::milliseconds deadline_;
    smtp_input input_{reply_reader::longest_line};
    bool eight_bit_ = false;
    bool ended_ = false;
};

asio::awaitable<smtp_reply> outgoing_session::read_reply(std::chrono::milliseconds deadline)
{
    reply_reader reader;
    std::string line;
    for (;;) {
        const auto cut = input_.next_line(line);
        if (cut == smtp_input::cut::more) {
            std::array<char, 4096> chunk;
            std::size_t got = 0;
            const auto error = co_await peer_->read_some(chunk, got, deadline);
            if (error || got == 0) {
                co_return no_reply("no reply from the next hop: " + error.message());
            }
            input_.append({chunk.data(), got});
            continue;
        }
        const auto progress =
            cut == smtp_input::cut::line ? reader.line(line) : reply_reader::progress::nonsense;
        if (progress == reply_reader::progress::nonsense) {
            co_return no_reply("the next hop does not speak SMTP");
        }
        if (progress == reply_reader::progress::complete) {
            co_return reader.reply();
        }
    }
}

asio::awaitable<boost::system::error_code> outgoing_session::write(std::string octets)
{
    std::size_t written = 0;
    co_return co_await peer_->write(octets, written, deadline_);
}

asio::awaitable<smtp_reply> outgoing_session::command(std::string line)
{
    line += "\r\n";
    if (const auto error = co_await write(std::move(line))) {
        co_return no_reply("the connection to the next hop broke: " + error.message());
    }
    co_return co_await read_reply(deadline_);
}

asio::awaitable<smtp_reply> outgoing_session::greet(const std::string& host_name)
{
    auto reply = co_await read_reply(deadline_);
    if (reply.code != 220) {
        co_return reply;
    }
    reply = co_await command("EHLO " + host_name);
    if (reply.code >= 500) {
        co_return co_await command("HELO " + host_name);
    }
    eight_bit_ = std::any_of(reply.lines.begin(), reply.lines.end(), [](const std::string& line) {
        return line.starts_with("8BITMIME");
    });
    co_return reply;
}

asio::awaitable<smtp_reply> outgoing_session::envelope(const smtp_sending& sending)
{
    std::string from = "MAIL FROM:<" + sending.sender.text() + ">";
    if (eight_bit_) {
        from += " BODY=8BITMIME";
    }
    auto reply = co_await command(std::move(from));
    if (reply.code == 0 || !reply.positive()) {
        co_return reply;
    }
    std::string to = "RCPT TO:<" + sending.recipient.text() + ">";
    co_return co_await command(std::move(to));
}

asio::awaitable<smtp_reply> outgoing_session::data(const mail_source& octets)
{
    const auto ready = co_await command("DATA");
    if (ready.code != 354) {
        // A 2xx here is no acceptance of anything.
        co_return ready.code >= 400 ? ready : no_reply("the next hop answered DATA out of turn");
    }
    data_writer writer;
    std::string wire;
    boost::system::error_code error;
    while (!error) {
        const auto piece = co_await octets();
        if (!piece) {
            break;
        }
        writer.push(*piece, wire);
        error = co_await write(std::exchange(wire, {}));
    }
    if (!error) {
        writer.finish(wire);
        error = co_await write(std::move(wire));
    }
    // A peer that hung up may have said why; but a yes before the final dot counts for nothing.
    // A next hop that filters before it answers has 10 minutes (RFC 5321 section 4.5.3.2.6): given
    // up earlier, its mail would be sent again and again.
    const auto patience = std::max<std::chrono::milliseconds>(deadline_, 10min);
    auto reply =
        co_await read_reply(error ? std::min<std::chrono::milliseconds>(deadline_, 2s) : patience);
    if (error && reply.code < 400) {
        co_return no_reply("the connection to the next hop broke: " + error.message());
    }
    co_return reply;
}

asio::awaitable<void> outgoing_session::quit()
{
    // The reply to DATA has decided already; what becomes of QUIT changes nothing.
    constexpr auto patience = 2s;
    if (!co_await write("QUIT\r\n")) {
        static_cast<void>(co_await read_reply(patience));
    }
    ended_ = true;
    co_await peer_->shut_down(patience);
}

bool goes_on(const smtp_reply& reply)
{
    return reply.code >= 200 && reply.code < 300;
}

/// 1xx and 3xx where a verdict was due: not an acceptance.
smtp_reply as_verdict(smtp_reply reply)
{
    return goes_on(reply) || reply.code >= 400 || reply.code == 0
               ? reply
               : no_reply("the next hop answered out of turn: " + one_line(reply));
}

} // namespace

asio::awaitable<smtp_reply> send_mail(smtp_sending sending)
{
    boost::system::error_code error;
    auto peer = co_await service::connect(sending.next_hop, error, sending.deadline);
    if (!peer) {
        co_return no_reply("cannot connect to " + sending.next_hop + ": " + error.message());
    }
    outgoing_session session(std::move(peer), sending.deadline);
    auto reply = co_await session.greet(sending.host_name);
    if (goes_on(reply)) {
        reply = co_await session.envelope(sending);
    }
    if (goes_on(reply)) {
        reply = co_await session.data(sending.octets);
    }
    if (reply.code != 0) {
        co_await session.quit();
    }
    co_return as_verdict(std::move(reply));
}

} // namespace gateway
