#include "tests/bench/loads.hpp"
#include "tests/bench/stopwatch.hpp"
#include "tests/bench/text_peer.hpp"

#include <vector>

/// Redis Streams, spoken to in its protocol RESP2. The server's settings decide how durable it is.
namespace bench {
namespace {

constexpr const char* stream = "bench";

void say_command(text_peer& to, const std::vector<std::string>& words)
{
    to.say("*" + std::to_string(words.size()) + "\r\n");
    for (const std::string& word : words)
        to.say("$" + std::to_string(word.size()) + "\r\n" + word + "\r\n");
}

long number_behind(std::string_view line, char mark)
{
    if (line.empty() || line[0] != mark)
        throw std::runtime_error("Redis said " + std::string(line));
    return std::stol(std::string(line.substr(1)));
}

std::string take_text(text_peer& from)
{
    const long size = number_behind(from.line(), '$');
    return std::string(from.octets(static_cast<std::size_t>(size)));
}

struct read_entries {
    std::size_t count = 0;
    std::string last; ///< id
};

/// The answer to XREAD of one stream; no entries: there are none.
read_entries take_entries(text_peer& from)
{
    read_entries found;
    if (number_behind(from.line(), '*') < 0)
        return found;
    number_behind(from.line(), '*'); // stream and its entries
    take_text(from);
    found.count = static_cast<std::size_t>(number_behind(from.line(), '*'));
    for (std::size_t left = found.count; left > 0; --left) {
        number_behind(from.line(), '*'); // id and fields
        found.last = take_text(from);
        for (long fields = number_behind(from.line(), '*'); fields > 0; --fields)
            take_text(from);
    }
    return found;
}

void say_append(text_peer& to, const std::string& payload)
{
    say_command(to, {"XADD", stream, "*", "e", payload});
}

std::uint16_t port_of(const options& given)
{
    return static_cast<std::uint16_t>(given.number("port"));
}

} // namespace

std::string append_to_redis(const options& given)
{
    text_peer redis{port_of(given)};
    stopwatch watch{given.seconds()};
    const std::string payload = payload_of(event_octets);
    keep_asking(
        redis,
        given.number("in-flight"),
        watch,
        [&] { say_append(redis, payload); },
        [&] { take_text(redis); });
    return watch.json();
}

std::string deliver_by_redis(const options& given)
{
    text_peer publisher{port_of(given)};
    text_peer subscriber{port_of(given)};
    const std::string payload = payload_of(event_octets);
    std::string last = "$";
    stopwatch watch{given.seconds()};
    say_append(publisher, payload); // so that there is a last one
    publisher.flush();
    last = take_text(publisher);
    while (!watch.over()) {
        say_command(subscriber, {"XREAD", "BLOCK", "0", "STREAMS", stream, last});
        subscriber.flush();
        const auto began = clock::now();
        say_append(publisher, payload);
        publisher.flush();
        last = take_entries(subscriber).last;
        watch.note(began);
        take_text(publisher);
    }
    return watch.json();
}

std::string replay_redis(const options& given)
{
    text_peer redis{port_of(given)};
    const auto began = clock::now();
    std::size_t events = 0;
    for (read_entries part{1, "0"}; part.count > 0; events += part.count) {
        say_command(redis, {"XREAD", "COUNT", "1000", "STREAMS", stream, part.last});
        redis.flush();
        part = take_entries(redis);
    }
    return R"({"rate":)" + std::to_string(static_cast<double>(events) / seconds_since(began)) +
           R"(,"done":)" + std::to_string(events) + "}";
}

} // namespace bench
