#include "bus/broker.hpp"

#include "bus/disk_space.hpp"
#include "bus/ipc_path.hpp"
#include "bus/memory_bounds.hpp"
#include "bus/self_test.hpp"
#include "service/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sodium.h>
#include <zmq.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace bus {
namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t packets_a_turn = 64;
constexpr int messages_a_peer = 1000; // ZeroMQ's queue to one peer; answers beyond are dropped
constexpr int messages_from_a_peer = 256;
constexpr milliseconds tick_length{250};
constexpr unsigned ticks_to_sweep_peers = 40;       // 10 s
constexpr std::int64_t sweeps_in_an_age = 12;       // of contents that no event names
constexpr std::chrono::seconds longest_silence{60}; // then a peer's subscriptions end
constexpr milliseconds drain_patience{2000};
constexpr const char* follow_only_text =
    "this log was imported and is follow-only: nothing is written to it";

std::string hexadecimal(const log_identity& octets)
{
    std::string text(octets.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), octets.data(), octets.size());
    text.pop_back();
    return text;
}

} // namespace

broker::broker(
    asio::any_io_executor executor,
    settings wanted,
    service::log& log,
    std::function<void(std::string)> failed,
    clock now)
    : executor_(executor),
      settings_(std::move(wanted)),
      process_log_(log),
      failed_(std::move(failed)),
      now_(std::move(now)),
      access_(settings_.roles),
      log_(settings_.files, failed_),
      head_(log_.head()),
      gate_(executor, context_, settings_.clients, log, now_),
      router_(executor, context_, ZMQ_ROUTER),
      failed_reads_(log),
      peers_(
          executor,
          router_,
          bounds_.answers,
          [this](const std::string&) {
              dropped_answers_.note();
              tell_dropped_answers();
          }),
      reader_(
          executor,
          settings_.files,
          [this](const refusal& why) { failed_reads_.note(why, now_()); }),
      reads_(executor, bounds_.read),
      writer_(
          executor, log_, [this](committed_group group) { settle(std::move(group)); }, failed_),
      large_requests_(bounds_.large_requests),
      feed_(
          reader_,
          [this](const live_feed::key& to, std::string_view verb, std::string body) {
              packet parcel{std::string{verb}, to.second, identity_, std::move(body)};
              return peers_.send_now(to.first, std::move(parcel));
          },
          head_.seq),
      room_(executor, asio::steady_timer::time_point::max()),
      tick_(executor),
      last_alive_(now_()),
      sessions_(executor, log)
{
    std::copy(log_.identity().begin(), log_.identity().end(), identity_.begin());
    begin_incarnation();
}

broker::~broker() = default;

asio::awaitable<void> broker::start()
{
    std::exception_ptr failure;
    try {
        co_await begin_serving();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        co_await stop(); // coroutines that run already use this object
        std::rethrow_exception(failure);
    }
}

asio::awaitable<void> broker::begin_serving()
{
    sessions_.spawn(
        "zap gate", [this] { return or_fail(gate_.serve()); }, [this] { gate_.close(); });
    listen();
    co_await prove_unknown_key_is_refused(executor_, endpoint(), settings_.public_key);
    last_alive_ = now_();
    serving_ = true;
    sessions_.spawn(
        "receive",
        [this] { return or_fail(receive()); },
        [this] {
            router_.stop_receiving();
            room_.cancel();
        });
    sessions_.spawn(
        "tick", [this] { return or_fail(tick()); }, [this] { tick_.cancel(); });
}

void broker::listen()
{
    router_.set(ZMQ_ROUTER_MANDATORY, 1); // else what cannot be delivered vanishes silently
    router_.set(ZMQ_SNDHWM, messages_a_peer);
    router_.set(ZMQ_RCVHWM, messages_from_a_peer);
    router_.set(ZMQ_HANDSHAKE_IVL, 5000);
    // No heartbeats: libzmq 4.3.4 ends the process (!_io_error) when one is due at a peer that went
    // while more of it waited than we take. The kernel finds who is gone.
    router_.set(ZMQ_TCP_KEEPALIVE, 1);
    router_.set(ZMQ_TCP_KEEPALIVE_IDLE, 20);
    router_.set(ZMQ_TCP_KEEPALIVE_INTVL, 5);
    router_.set(ZMQ_TCP_KEEPALIVE_CNT, 2);
    router_.set(ZMQ_TCP_MAXRT, 30000);
    router_.set(ZMQ_BACKLOG, 512);
    router_.set_limit(limit::frame);
    secure_server(router_, settings_.secret_key);
    settings_.secret_key = {};
    clear_stale_socket(settings_.endpoint);
    router_.bind(settings_.endpoint);
    listening_ = true;
    restrict_socket(settings_.endpoint);
}

asio::awaitable<void> broker::stop()
{
    serving_ = false;
    stopping_ = true;
    co_await sessions_.drain(drain_patience);
    writer_
        .finish(); // what it commits comes back through settle(), which stands in line before us:
    co_await asio::post(executor_, asio::use_awaitable);
    reader_.finish();
    log_.finish();
    if (std::exchange(listening_, false))
        remove_socket(settings_.endpoint); // ZeroMQ leaves it behind
    router_.set(ZMQ_LINGER, static_cast<int>(drain_patience.count()));
}

asio::awaitable<void> broker::or_fail(asio::awaitable<void> loop)
{
    try {
        co_await std::move(loop);
    } catch (const std::exception& failure) {
        if (!stopping_)
            failed_(failure.what());
    }
}

asio::awaitable<void> broker::receive()
{
    std::size_t taken = 0;
    while (!stopping_) {
        while (writer_.queued_octets() > bounds_.writing && !stopping_) {
            boost::system::error_code ignored;
            co_await room_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        std::optional<zmq_message> message = co_await router_.receive();
        if (!message)
            co_return;
        taken += take(std::move(*message));
        if (taken < packets_a_turn)
            continue;
        taken = 0;
        co_await asio::post(executor_, asio::use_awaitable);
    }
}

std::size_t broker::take(zmq_message message)
{
    if (message.frames.size() != 2 || !access_.knows(message.user_id))
        return 1; // no key of ours: no answer either
    caller who;
    who.peer = message.frames[0];
    who.role = std::move(message.user_id);
    const auto packets = from_bundle(std::move(message.frames[1]));
    if (!packets)
        return 1;
    notice_pause();
    peers_.heard(who.peer, last_alive_);
    for (const packet& asked : *packets)
        take(who, asked);
    return packets->size() + 1;
}

void broker::take(caller who, const packet& asked)
{
    who.request = asked.request;
    who.addressed = asked.broker;
    if (asked.verb != verb::hello && asked.broker != identity_)
        return answer(who, {refusal{wire_error::stale, "meant for another broker: say hello"}, {}});
    large_requests_.came(who.peer, asked.body.size());
    carry_out(who, asked);
}

void broker::carry_out(const caller& who, const packet& asked)
{
    const known_verb* known = find_verb(asked.verb);
    if (known == nullptr)
        return answer(who, {refusal{wire_error::invalid, "unknown verb"}, {}});
    if (known->writes && log_.origin())
        return answer(who, {refusal{wire_error::follow_only, follow_only_text}, {}});
    try {
        (this->*known->take)(who, asked);
    } catch (const malformed& fault) {
        answer(who, {refusal{wire_error::invalid, asked.verb + ": " + fault.what()}, {}});
    }
}

void broker::answer(const caller& who, reply said)
{
    packet parcel;
    parcel.verb = said.refused ? verb::error : verb::ok;
    parcel.request = who.request;
    parcel.broker = who.addressed;
    parcel.body = said.refused ? encode(*said.refused) : std::move(said.body);
    peers_.send(who.peer, std::move(parcel), who.share);
}

std::function<void(reply)> broker::answer_to(const caller& who)
{
    return [this, who](reply said) { answer(who, std::move(said)); };
}

std::function<void(refusal)> broker::refuse_to(const caller& who)
{
    return [this, who](refusal why) { answer(who, {std::move(why), {}}); };
}

/// A peer may ask as much as it likes and take no answer.
void broker::tell_dropped_answers()
{
    if (const std::size_t messages = dropped_answers_.take_due(now_()))
        process_log_.warning("bus.answers_dropped", {{"messages", messages}});
}

/// The head moves before anybody hears of it: who has an answer finds its events below the head.
void broker::settle(committed_group group)
{
    for (const stored_event& fact : group.events) {
        head_ = {fact.seq, fact.time, fact.own};
        feed_.remember(fact);
    }
    feed_.pump(); // what others wait for is on its way sooner, and the answers not much later
    group.tell();
    peers_.send_all();
    room_.cancel();
    forget(peers_.forget_gone()); // or room would be kept for one of their requests after the other
    grant_room();
}

asio::awaitable<void> broker::tick()
{
    while (!stopping_) {
        boost::system::error_code ignored;
        tick_.expires_after(tick_length);
        co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        notice_pause();
        look_at_room();
        feed_.pump(); // for those whose queue was full
        gate_.tell_turned_away();
        tell_dropped_answers();
        failed_reads_.tell_due(now_());
        forget(peers_.forget_gone());
        if (++ticks_ % ticks_to_sweep_peers == 0)
            forget(peers_.forget_silent(last_alive_ - longest_silence));
        grant_room(); // where nobody came to take it
        const std::int64_t age = settings_.unnamed_seconds * 1000;
        if (ticks_ % std::max<std::int64_t>(1, age / sweeps_in_an_age / tick_length.count()) == 0)
            writer_.queue(
                0,
                [age](journal& log) {
                    log.drop_unnamed(age);
                    return reply{};
                },
                [](const reply&) {});
    }
}

/// A process that was stopped for a while finds requests in its socket whose senders have long
/// given up. They must not be carried out: a new incarnation refuses them as stale.
void broker::notice_pause()
{
    const auto now = now_();
    const auto gap = std::chrono::duration_cast<milliseconds>(now - last_alive_);
    last_alive_ = now;
    if (gap < pause_that_counts)
        return;
    process_log_.warning("bus.was_paused", {{"milliseconds", gap.count()}});
    feed_.end_all({wire_error::stale, "the bus was paused: say hello"});
    begin_incarnation();
}

void broker::look_at_room()
{
    const std::uint64_t free = free_octets(settings_.files.database);
    const bool room = free / (1024 * 1024) >= static_cast<std::uint64_t>(settings_.reserve_mib);
    if (std::exchange(has_room_, room) == room)
        return;
    const std::string text =
        settings_.files.database.string() + ": " + space_text(free, settings_.reserve_mib);
    if (room)
        process_log_.info("bus.contents_taken_again", {{"reason", text}});
    else
        process_log_.error("bus.contents_refused", {{"reason", text + ": make room"}});
}

void broker::begin_incarnation()
{
    randombytes_buf(
        identity_.data() + log_.identity().size(), identity_.size() - log_.identity().size());
}

void broker::grant_room()
{
    large_requests_.grant(writer_.queued_octets(), last_alive_);
}

void broker::forget(const std::vector<std::string>& peers)
{
    for (const std::string& peer : peers) {
        feed_.forget_peer(peer);
        reads_.forget(peer);
        large_requests_.forget(peer);
    }
}

std::string broker::log_id() const
{
    return hexadecimal(log_.identity());
}

std::string broker::origin() const
{
    return log_.origin() ? hexadecimal(*log_.origin()) : std::string();
}

} // namespace bus
