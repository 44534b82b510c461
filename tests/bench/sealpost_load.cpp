#include "bus/client.hpp"
#include "encryptor/sealed_stream.hpp"
#include "encryptor/secret.hpp"
#include "mail/uuid.hpp"
#include "service/log.hpp"
#include "tests/bench/loads.hpp"
#include "tests/bench/stopwatch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <exception>
#include <fstream>
#include <memory>
#include <random>

/// A running sealpost-bus, through the client library that every process uses.
namespace bench {
namespace asio = boost::asio;

namespace {

constexpr const char* event_type = "sealpost.delivery.attempted";

std::string first_line(const std::string& file)
{
    std::ifstream in{file};
    std::string line;
    std::getline(in, line);
    return line;
}

std::string fresh_id()
{
    static std::mt19937 dice{std::random_device{}()};
    std::array<std::uint8_t, 10> random;
    for (std::uint8_t& octet : random)
        octet = static_cast<std::uint8_t>(dice());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return mail::make_uuid_v7(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), random);
}

/// An executor and the clients on it, as in a process of the pipeline.
class session {
public:
    explicit session(const options& given) : given_(given) {}

    bus::client& connect()
    {
        bus::client_settings wanted;
        const std::string keys = given_.text("keys");
        wanted.endpoint = given_.text("endpoint");
        wanted.server_public_key = first_line(keys + "/bus.public");
        wanted.public_key = first_line(keys + "/gateway.public");
        std::string secret = first_line(keys + "/gateway.secret");
        wanted.secret_key = bus::locked_octets::taken_from(secret);
        clients_.push_back(
            std::make_unique<bus::client>(io_.get_executor(), std::move(wanted), log_));
        return *clients_.back();
    }

    void spawn(asio::awaitable<void> work)
    {
        ++running_;
        asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr& failure) {
            if (failure && !failure_)
                failure_ = failure;
            if (--running_ == 0 || failure_)
                io_.stop();
        });
    }

    /// Until all that was spawned has ended, or one has failed.
    void run()
    {
        io_.restart();
        io_.run();
        if (failure_)
            std::rethrow_exception(failure_);
    }

    asio::any_io_executor executor() { return io_.get_executor(); }

private:
    const options& given_;
    asio::io_context io_{1};
    service::log log_{"bench", service::severity::warning};
    std::vector<std::unique_ptr<bus::client>> clients_;
    std::size_t running_ = 0;
    std::exception_ptr failure_;
};

void expect(const boost::system::error_code& error)
{
    if (error)
        throw boost::system::system_error(error);
}

bus::append_batch one_event(const std::string& payload)
{
    bus::append_batch batch;
    batch.events.push_back({fresh_id(), event_type, payload});
    return batch;
}

asio::awaitable<void> keep_appending(bus::client& to, stopwatch& watch)
{
    const std::string payload = payload_of(event_octets);
    co_await to.ready();
    while (!watch.over()) {
        bus::append_batch batch = one_event(payload);
        const auto began = clock::now();
        const auto seqs = co_await to.append(std::move(batch));
        expect(seqs.error);
        watch.note(began);
    }
}

/// What a subscriber has seen, and who waits for it.
struct arrivals {
    explicit arrivals(asio::any_io_executor executor)
        : news(executor, asio::steady_timer::time_point::max())
    {}
    std::uint64_t seq = 0;
    asio::steady_timer news; ///< a condition: cancelled when an event came
};

asio::awaitable<void> follow(bus::client& from, bus::head newest, arrivals& seen)
{
    const auto note = [&seen](const bus::stored_event& fact) {
        seen.seq = fact.seq;
        seen.news.cancel();
    };
    seen.seq = newest.seq;
    co_await from.subscribe(newest.seq + 1, newest.own, note);
}

asio::awaitable<void> wait_for(arrivals& seen, std::uint64_t seq)
{
    while (seen.seq < seq) {
        boost::system::error_code ignored;
        co_await seen.news.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<bus::head> head_of(bus::client& of)
{
    co_await of.ready();
    const auto newest = co_await of.head();
    expect(newest.error);
    co_return newest.value;
}

asio::awaitable<void> append_and_await(
    session& all, bus::client& publisher, bus::client& subscriber, stopwatch& watch)
{
    const std::string payload = payload_of(event_octets);
    co_await publisher.ready();
    const bus::head newest = co_await head_of(subscriber);
    const auto seen = std::make_shared<arrivals>(all.executor());
    const auto ended = [seen](const std::exception_ptr&) {};
    asio::co_spawn(all.executor(), follow(subscriber, newest, *seen), ended);
    for (std::uint64_t seq = newest.seq + 1; !watch.over(); ++seq) {
        bus::append_batch batch = one_event(payload);
        const auto began = clock::now();
        asio::steady_timer answered{all.executor(), asio::steady_timer::time_point::max()};
        bool done = false;
        asio::co_spawn(
            all.executor(),
            publisher.append(std::move(batch)),
            [&](const std::exception_ptr&, const auto&) {
                done = true;
                answered.cancel();
            });
        co_await wait_for(*seen, seq);
        watch.note(began);
        boost::system::error_code ignored;
        if (!done)
            co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> replay(bus::client& from, std::string& json)
{
    const bus::head newest = co_await head_of(from);
    std::uint64_t events = 0;
    const auto began = clock::now();
    const auto count = [&events](const bus::stored_event&) { ++events; };
    const auto failed = co_await from.subscribe(1, bus::hash{}, count, newest.seq);
    expect(failed);
    json = R"({"rate":)" + std::to_string(static_cast<double>(events) / seconds_since(began)) +
           R"(,"done":)" + std::to_string(events) + "}";
}

asio::awaitable<double> put(
    bus::client& to, const encryptor::secret& key, const std::string& content, std::size_t size)
{
    encryptor::stream_sealer sealer{key, content};
    const std::string plain(encryptor::sealed_chunk, 'x');
    const auto began = clock::now();
    std::uint32_t index = 0;
    for (std::size_t left = size * 1024 * 1024 / plain.size(); left > 0; --left)
        for (std::string& chunk : sealer.push(plain)) {
            const auto refused = co_await to.put_chunk(content, index, std::move(chunk));
            expect(refused);
            ++index;
        }
    std::string last = sealer.finish();
    const auto refused = co_await to.put_chunk(content, index, std::move(last));
    expect(refused);
    bus::append_batch batch = one_event("{}");
    batch.contents = {content};
    const auto named = co_await to.append(std::move(batch));
    expect(named.error);
    co_return seconds_since(began);
}

asio::awaitable<double> get(
    bus::client& from, const encryptor::secret& key, const std::string& content)
{
    encryptor::stream_opener opener{key, content};
    const auto began = clock::now();
    const bus::chunk_source chunks = from.read_content(content);
    while (!opener.complete()) {
        const auto chunk = co_await chunks();
        expect(chunk.error);
        if (!opener.open(chunk.value))
            throw std::runtime_error("the content does not open");
    }
    co_return seconds_since(began);
}

asio::awaitable<void> put_and_get(bus::client& with, std::size_t size, std::string& json)
{
    const encryptor::secret key = encryptor::secret::random(32);
    const std::string content = fresh_id();
    co_await with.ready();
    const double putting = co_await put(with, key, content, size);
    const double getting = co_await get(with, key, content);
    json = R"({"put":)" + std::to_string(static_cast<double>(size) / putting) + R"(,"get":)" +
           std::to_string(static_cast<double>(size) / getting) + "}";
}

} // namespace

std::string append_to_sealpost(const options& given)
{
    session all{given};
    bus::client& client = all.connect();
    stopwatch watch{given.seconds()};
    for (std::size_t left = given.number("in-flight"); left > 0; --left)
        all.spawn(keep_appending(client, watch));
    all.run();
    return watch.json();
}

std::string deliver_by_sealpost(const options& given)
{
    session all{given};
    bus::client& publisher = all.connect();
    bus::client& subscriber = all.connect();
    stopwatch watch{given.seconds()};
    all.spawn(append_and_await(all, publisher, subscriber, watch));
    all.run();
    return watch.json();
}

std::string replay_sealpost(const options& given)
{
    session all{given};
    std::string json;
    all.spawn(replay(all.connect(), json));
    all.run();
    return json;
}

std::string put_and_get_content(const options& given)
{
    encryptor::start_cryptography();
    session all{given};
    std::string json;
    all.spawn(put_and_get(all.connect(), given.number("mebioctets"), json));
    all.run();
    return json;
}

} // namespace bench
