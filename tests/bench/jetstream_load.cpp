#include "tests/bench/loads.hpp"
#include "tests/bench/stopwatch.hpp"
#include "tests/bench/text_peer.hpp"

/// NATS JetStream with a file store, spoken to in NATS's protocol. It acknowledges what it has
/// written and not synced.
namespace bench {
namespace {

constexpr const char* subject = "bench";
constexpr const char* inbox = "_INBOX.bench";

void say_publish(text_peer& to, const std::string& where, const std::string& payload)
{
    to.say("PUB " + where + ' ' + inbox + ' ' + std::to_string(payload.size()) + "\r\n");
    to.say(payload);
    to.say("\r\n");
}

/// The text of the next message; answers what the server asks in between.
std::string take_message(text_peer& from)
{
    for (;;) {
        const std::string line{from.line()};
        if (line.starts_with("MSG ")) {
            const std::size_t size = std::stoul(line.substr(line.rfind(' ') + 1));
            return std::string(from.octets(size));
        }
        if (line.starts_with("-ERR"))
            throw std::runtime_error("NATS said " + line);
        if (line == "PING") {
            from.say("PONG\r\n");
            from.flush();
        }
    }
}

void make_stream(text_peer& nats)
{
    nats.say("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n");
    nats.say(std::string("SUB ") + inbox + " 1\r\n");
    say_publish(
        nats,
        std::string("$JS.API.STREAM.CREATE.") + subject,
        R"({"name":"bench","subjects":["bench"],"storage":"file","retention":"limits",)"
        R"("discard":"old","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"num_replicas":1})");
    nats.flush();
    const std::string made = take_message(nats);
    if (made.find("\"error\"") != std::string::npos)
        throw std::runtime_error("JetStream said " + made);
}

} // namespace

std::string append_to_jetstream(const options& given)
{
    text_peer nats{static_cast<std::uint16_t>(given.number("port"))};
    make_stream(nats);
    stopwatch watch{given.seconds()};
    const std::string payload = payload_of(event_octets);
    const auto take = [&] {
        const std::string said = take_message(nats);
        if (said.find("\"error\"") != std::string::npos)
            throw std::runtime_error("JetStream said " + said);
    };
    keep_asking(
        nats, given.number("in-flight"), watch, [&] { say_publish(nats, subject, payload); }, take);
    return watch.json();
}

} // namespace bench
