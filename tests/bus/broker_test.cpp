#include "bus/broker.hpp"
#include "bus/bundle.hpp"
#include "bus/chain.hpp"
#include "tests/bus/running_bus.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <deque>
#include <iterator>

namespace bus {
namespace {

/// Speaks the protocol packet by packet, as a hostile or simple client would.
class raw_peer {
public:
    raw_peer(test::running_bus& bus, const std::string& role)
        : bus_(bus), socket_(bus.io.get_executor(), context_, ZMQ_DEALER)
    {
        const client_settings known = bus.settings_of(role);
        socket_.set(ZMQ_IMMEDIATE, 1);
        if (role != "plain")
            secure_client(socket_, bus.server.public_key, {known.public_key, known.secret_key});
        socket_.connect(bus.endpoint());
    }

    bool try_send(packet parcel) { return try_send_frame(bundle_of_one(std::move(parcel))); }

    bool try_send_frame(std::string frame)
    {
        return socket_.try_send({std::move(frame)}) == send_result::sent;
    }

    void send_frames(std::vector<std::string> frames)
    {
        EXPECT_TRUE(bus_.run(socket_.send(std::move(frames))));
    }

    packet receive()
    {
        if (received_.empty()) {
            auto message = bus_.run(socket_.receive());
            auto packets = from_bundle(std::move(message->frames.at(0))).value();
            std::ranges::move(packets, std::back_inserter(received_));
        }
        packet next = std::move(received_.front());
        received_.pop_front();
        return next;
    }

    packet ask(std::string_view verb, std::string body, std::uint64_t request = 0)
    {
        packet parcel{
            std::string{verb}, request == 0 ? ++request_ : request, broker, std::move(body)};
        send_frames({bundle_of_one(std::move(parcel))});
        return receive();
    }

    void greet() { broker = ask(verb::hello, {}).broker; }

    broker_id broker{};

private:
    test::running_bus& bus_;
    zmq_context context_;
    zmq_socket socket_;
    std::deque<packet> received_;
    std::uint64_t request_ = 100;
};

class a_broker : public testing::Test {
protected:
    static append_request one(const std::string& id)
    {
        append_request batch;
        batch.events = {test::make_event(id)};
        return batch;
    }

    wire_error error_of(const packet& said)
    {
        EXPECT_EQ(said.verb, verb::error);
        return said.verb == verb::error ? decode_refusal(said.body).code : wire_error{};
    }

    test::running_bus bus;
};

TEST_F(a_broker, repeats_request_and_broker_in_its_answers)
{
    raw_peer peer{bus, "writer"};
    const packet welcome = peer.ask(verb::hello, {}, 77);
    EXPECT_EQ(welcome.verb, verb::ok);
    EXPECT_EQ(welcome.request, 77U);
    EXPECT_EQ(decode_greeting(welcome.body).role, "writer");
    peer.broker = welcome.broker;
    const packet said = peer.ask(verb::append, encode(one("a")), 78);
    EXPECT_EQ(said.request, 78U);
    EXPECT_EQ(said.broker, welcome.broker);
    EXPECT_EQ(decode_seqs(said.body), std::vector<std::uint64_t>{1});
}

TEST(a_broker_that_is_asked_without_end, tells_of_answers_that_nobody_takes_in_few_lines)
{
    test::running_bus bus{service::severity::warning};
    raw_peer greedy{bus, "watcher"};
    greedy.greet();
    testing::internal::CaptureStderr();
    bundle asked;
    for (std::uint64_t request = 1; request <= bundle::most_packets; ++request)
        asked.add({std::string{verb::head}, request, greedy.broker, {}});
    const std::string frame = asked.take();
    constexpr int frames = 6000; // several times what ZeroMQ keeps for a peer
    for (int sent = 0; sent < frames;)
        if (greedy.try_send_frame(frame))
            ++sent;
        else
            bus.io.poll();
    const std::string told = testing::internal::GetCapturedStderr();
    std::size_t lines = 0;
    for (std::size_t at = told.find("bus.answers_dropped"); at != told.npos;
         at = told.find("bus.answers_dropped", at + 1))
        ++lines;
    EXPECT_GT(lines, 0U);
    EXPECT_LT(lines, 10U);
}

TEST_F(a_broker, refuses_requests_for_another_broker_or_an_earlier_life)
{
    raw_peer peer{bus, "writer"};
    EXPECT_EQ(error_of(peer.ask(verb::append, encode(one("a")))), wire_error::stale);
    peer.greet();
    bus.restart();
    EXPECT_EQ(error_of(peer.ask(verb::append, encode(one("a")))), wire_error::stale);
    const broker_id before = peer.broker;
    peer.greet();
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + 16, peer.broker.begin())) << "same log";
    EXPECT_NE(before, peer.broker);
    EXPECT_EQ(peer.ask(verb::append, encode(one("a"))).verb, verb::ok);
    EXPECT_EQ(bus.process->seq(), 1U);
}

TEST_F(a_broker, carries_out_nothing_that_waited_while_it_was_paused)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    ASSERT_TRUE(peer.try_send({"append", 5, peer.broker, encode(one("ghost"))}));
    bus.paused += broker::pause_that_counts; // meanwhile nobody runs it
    const packet said = peer.receive();
    EXPECT_EQ(said.request, 5U);
    EXPECT_EQ(error_of(said), wire_error::stale);
    EXPECT_EQ(bus.process->seq(), 0U);
}

TEST_F(a_broker, carries_out_what_waited_for_a_moment)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    ASSERT_TRUE(peer.try_send({"append", 5, peer.broker, encode(one("real"))}));
    bus.paused += broker::pause_that_counts / 2;
    EXPECT_EQ(peer.receive().verb, verb::ok);
    EXPECT_EQ(bus.process->seq(), 1U);
}

TEST_F(a_broker, answers_malformed_requests_and_lives_on)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    EXPECT_EQ(error_of(peer.ask("destroy", {})), wire_error::invalid);
    EXPECT_EQ(error_of(peer.ask(verb::append, "short")), wire_error::invalid);
    EXPECT_EQ(error_of(peer.ask(verb::append, std::string(1000, '\xff'))), wire_error::invalid);
    EXPECT_EQ(error_of(peer.ask(verb::subscribe, "")), wire_error::invalid);
    EXPECT_EQ(error_of(peer.ask(verb::put, encode(put_request{"c", 7, "x"}))), wire_error::invalid);
    EXPECT_EQ(
        error_of(peer.ask(verb::slot_get, encode(slot_request{"c", {}}))), wire_error::invalid);
    peer.send_frames({"SP1"});
    peer.send_frames({""});
    peer.send_frames({bundle_of_one({"head", 1, peer.broker, ""}), ""});
    peer.send_frames({"SP9" + bundle_of_one({"head", 1, peer.broker, ""}).substr(3)});
    peer.send_frames(std::vector<std::string>(100, "x"));
    EXPECT_EQ(peer.ask(verb::head, {}).verb, verb::ok);
}

TEST_F(a_broker, answers_a_bundle_in_order)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    bundle asked;
    asked.add({"append", 1, peer.broker, encode(one("a"))});
    asked.add({"append", 2, peer.broker, "short"});
    asked.add({"append", 3, peer.broker, encode(one("b"))});
    peer.send_frames({asked.take()});
    std::vector<packet> said;
    while (said.size() < 3)
        said.push_back(peer.receive());
    std::ranges::sort(said, {}, &packet::request);
    EXPECT_EQ(decode_seqs(said[0].body), std::vector<std::uint64_t>{1});
    EXPECT_EQ(error_of(said[1]), wire_error::invalid);
    EXPECT_EQ(decode_seqs(said[2].body), std::vector<std::uint64_t>{2});
    EXPECT_EQ(said[2].broker, peer.broker);
}

TEST_F(a_broker, refuses_a_bundle_for_another_broker_packet_by_packet)
{
    raw_peer peer{bus, "writer"};
    bundle asked;
    asked.add({"hello", 1, peer.broker, ""});
    asked.add({"append", 2, peer.broker, encode(one("a"))});
    peer.send_frames({asked.take()});
    const packet welcome = peer.receive();
    EXPECT_EQ(welcome.verb, verb::ok);
    EXPECT_NE(welcome.broker, peer.broker);
    EXPECT_EQ(error_of(peer.receive()), wire_error::stale);
    EXPECT_EQ(bus.process->seq(), 0U);
}

TEST_F(a_broker, says_when_there_is_room_for_a_large_request)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    const auto ask = [&peer](std::uint32_t octets) {
        return peer.ask(verb::room, octet_writer{}.u32(octets).take());
    };
    EXPECT_EQ(ask(limit::body).verb, verb::ok);
    append_request large;
    for (int number = 0; number < 3; ++number)
        large.events.push_back(
            {"large-" + std::to_string(number), "test.happened", std::string(limit::payload, 'x')});
    EXPECT_EQ(decode_seqs(peer.ask(verb::append, encode(large)).body).size(), 3U);
    EXPECT_EQ(ask(limit::body).verb, verb::ok) << "the room was free again";
    EXPECT_EQ(error_of(ask(limit::body + 1)), wire_error::invalid);
}

TEST_F(a_broker, tells_at_once_what_share_of_the_way_a_client_has)
{
    const auto share_of = [](raw_peer& peer) {
        const packet said = peer.ask(verb::share, {});
        EXPECT_EQ(said.verb, verb::ok);
        return octet_reader{said.body}.u32();
    };
    raw_peer one{bus, "writer"};
    raw_peer other{bus, "writer"};
    one.greet();
    other.greet();
    EXPECT_EQ(share_of(one), put_shares::for_all);
    EXPECT_EQ(share_of(one), put_shares::for_all);
    EXPECT_EQ(share_of(other), put_shares::for_all / 2);
    bundle asked;
    asked.add({"put", 100, one.broker, encode(put_request{"c", 0, "x"})});
    asked.add({"share", 101, one.broker, ""});
    one.send_frames({asked.take()});
    EXPECT_EQ(one.receive().request, 101U) << "without a wait for the disk";
    EXPECT_EQ(one.receive().request, 100U);
}

TEST_F(a_broker, cuts_off_whoever_sends_too_large_a_frame)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    peer.send_frames(
        {bundle_of_one({"append", 1, peer.broker, std::string(limit::frame + 1, 'x')})});
    raw_peer other{bus, "writer"};
    other.greet();
    EXPECT_EQ(other.ask(verb::head, {}).verb, verb::ok);
}

TEST_F(a_broker, sends_one_event_at_a_time_on_a_window_of_one)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    for (const char* id : {"a", "b", "c"})
        peer.ask(verb::append, encode(one(id)));
    const packet said = peer.ask(verb::subscribe, encode(subscribe_request{1, {}, 1}), 9);
    EXPECT_EQ(said.verb, verb::ok);
    for (std::uint64_t seq = 1; seq <= 3; ++seq) {
        const packet events = peer.receive();
        ASSERT_EQ(events.verb, verb::events);
        EXPECT_EQ(events.request, 9U);
        octet_reader fields{events.body};
        EXPECT_EQ(fields.u32(), 1U);
        EXPECT_EQ(decode_event(fields).seq, seq);
        // An answer comes next, and not another event: the window was kept.
        EXPECT_EQ(peer.ask(verb::head, {}).verb, verb::ok);
        if (seq < 3)
            peer.send_frames(
                {bundle_of_one({"credit", 9, peer.broker, encode(credit_request{seq, 1})})});
    }
}

TEST_F(a_broker, tells_who_gives_credit_to_an_unknown_subscription)
{
    raw_peer peer{bus, "watcher"};
    peer.greet();
    EXPECT_EQ(peer.ask(verb::credit, encode(credit_request{1, 1}), 55).verb, verb::end);
}

TEST_F(a_broker, stops_sending_after_a_cancel)
{
    raw_peer peer{bus, "writer"};
    peer.greet();
    peer.ask(verb::subscribe, encode(subscribe_request{1, {}, 10}), 9);
    peer.send_frames({bundle_of_one({"cancel", 9, peer.broker, ""})});
    EXPECT_EQ(peer.ask(verb::append, encode(one("a"))).verb, verb::ok);
    EXPECT_EQ(peer.ask(verb::head, {}).verb, verb::ok) << "and no events in between";
}

TEST_F(a_broker, gives_an_unknown_key_and_a_plain_client_nothing)
{
    client& known = bus.connect();
    raw_peer unknown{bus, "nobody"};
    raw_peer plain{bus, "plain"};
    for (int turn = 0; turn < 100; ++turn) {
        EXPECT_FALSE(unknown.try_send({"hello", 1, {}, ""}));
        EXPECT_FALSE(plain.try_send({"hello", 1, {}, ""}));
        EXPECT_FALSE(bus.run(known.head()).error);
    }
}

TEST_F(a_broker, answers_what_it_has_taken_before_it_stops)
{
    client& writer = bus.connect();
    int answered = 0;
    for (int number = 0; number < 20; ++number)
        boost::asio::co_spawn(
            bus.io,
            writer.append(test::batch_of({test::make_event("e" + std::to_string(number))})),
            [&answered](const std::exception_ptr&, const result<std::vector<std::uint64_t>>& said) {
                answered += said.error ? 0 : 1;
            });
    bus.run_until([&] { return answered > 0; });
    bus.stop();
    const journal after{bus.folder.files()};
    EXPECT_GE(after.head().seq, static_cast<std::uint64_t>(answered));
}

} // namespace
} // namespace bus
