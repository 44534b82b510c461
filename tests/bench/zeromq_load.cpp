#include "encryptor/sealed_stream.hpp"
#include "encryptor/secret.hpp"
#include "tests/bench/loads.hpp"
#include "tests/bench/stopwatch.hpp"
#include "tests/bench/zeromq_peer.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

/// The bare broker on ZeroMQ (zeromq_broker.cpp). What is due goes out in one message, as the bus's
/// clients do it.
namespace bench {
namespace {

constexpr std::size_t ahead = 64; ///< messages under way; of chunks that is what a put has, 4 MiB

zeromq_peer peer_of(const options& given)
{
    return {static_cast<std::uint16_t>(given.number("port")), given.text("folder")};
}

/// Reads from the begin to the end, a part of `first` octets and then parts of `step`, with
/// requests ahead; `take` gets each.
template <class Take>
void read_all(zeromq_peer& from, std::size_t first, std::size_t step, Take take)
{
    std::size_t place = 0;
    std::size_t under_way = 0;
    for (bool ended = false; !ended || under_way > 0;) {
        for (; !ended && under_way < ahead; ++under_way) {
            const std::size_t size = place == 0 ? first : step;
            from.say(ask::read, std::to_string(place) + " " + std::to_string(size));
            place += size;
        }
        const std::string_view part = from.hear();
        --under_way;
        ended = ended || part.size() < std::min(first, step);
        if (!part.empty())
            take(part);
    }
}

} // namespace

std::string append_to_zeromq(const options& given)
{
    zeromq_peer broker = peer_of(given);
    const std::string payload = payload_of(event_octets);
    const std::size_t window = given.number("in-flight");
    struct together {
        clock::time_point began;
        std::size_t events;
    };
    std::deque<together> under_way;
    std::size_t due = window;
    for (stopwatch watch{given.seconds()};;) {
        if (watch.over())
            return watch.json();
        std::string events;
        for (std::size_t left = due; left > 0; --left)
            events += payload;
        under_way.push_back({clock::now(), std::exchange(due, 0)});
        broker.say(ask::append, events);
        do {
            broker.hear();
            watch.note(under_way.front().began, under_way.front().events);
            due += under_way.front().events;
            under_way.pop_front();
        } while (broker.heard_more());
    }
}

std::string deliver_by_zeromq(const options& given)
{
    zeromq_peer publisher = peer_of(given);
    zeromq_peer subscriber = peer_of(given);
    subscriber.say(ask::subscribe, {});
    subscriber.say(ask::read, "0");
    subscriber.hear(); // so it has subscribed
    const std::string payload = payload_of(event_octets);
    for (stopwatch watch{given.seconds()};;) {
        if (watch.over())
            return watch.json();
        const auto began = clock::now();
        publisher.say(ask::append, payload);
        subscriber.hear();
        watch.note(began);
        publisher.hear();
    }
}

std::string replay_zeromq(const options& given)
{
    zeromq_peer broker = peer_of(given);
    std::size_t octets = 0;
    const auto began = clock::now();
    constexpr std::size_t step = 65536;
    read_all(broker, step, step, [&](std::string_view part) { octets += part.size(); });
    const std::size_t events = octets / event_octets;
    return R"({"rate":)" + std::to_string(static_cast<double>(events) / seconds_since(began)) +
           R"(,"done":)" + std::to_string(events) + "}";
}

std::string content_by_zeromq(const options& given)
{
    encryptor::start_cryptography();
    zeromq_peer broker = peer_of(given);
    const auto mebioctets = static_cast<double>(given.number("mebioctets"));
    const encryptor::secret key = encryptor::secret::random(32);
    const std::string plain(encryptor::sealed_chunk, 'x');
    encryptor::stream_sealer sealer{key, "bench"};
    encryptor::stream_opener opener{key, "bench"};
    auto began = clock::now();
    std::size_t under_way = 0;
    std::vector<std::size_t> sizes;
    const auto put = [&](const std::string& chunk) {
        sizes.push_back(chunk.size());
        broker.say(ask::append, chunk);
        if (++under_way < ahead)
            return;
        broker.hear();
        --under_way;
    };
    for (std::size_t left = given.number("mebioctets") * 16; left > 0; --left)
        for (const std::string& chunk : sealer.push(plain))
            put(chunk);
    put(sealer.finish());
    for (; under_way > 0; --under_way)
        broker.hear();
    const double putting = seconds_since(began);
    began = clock::now();
    read_all(broker, sizes.at(0), sizes.at(1), [&](std::string_view part) {
        if (!opener.open(part))
            throw std::runtime_error("the content does not open");
    });
    const double getting = seconds_since(began);
    return R"({"put":)" + std::to_string(mebioctets / putting) + R"(,"get":)" +
           std::to_string(mebioctets / getting) + "}";
}

} // namespace bench
