#include "bus/chain.hpp"
#include "bus/live_feed.hpp"
#include "bus/sqlite.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace bus {
namespace {

const live_feed::key alice{"alice", 1};
const live_feed::key bob{"bob", 7};

/// A feed over a real log, with peers that only collect.
class the_live_feed : public testing::Test, protected test::event_loop {
protected:
    send_result send(const live_feed::key& to, std::string_view verb, const std::string& body)
    {
        if (unreachable.contains(to.first))
            return send_result::unreachable;
        if (full.contains(to.first))
            return send_result::full;
        if (verb == verb::end) {
            ended[to] = decode_refusal(body).code;
            return send_result::sent;
        }
        octet_reader fields{body};
        for (std::uint32_t left = fields.u32(); left > 0; --left)
            got[to].push_back(decode_event(fields).seq);
        return send_result::sent;
    }

    void append(int count)
    {
        log.begin(1000);
        for (int number = 0; number < count; ++number) {
            append_request batch;
            batch.events = {test::make_event("event-" + std::to_string(++events))};
            log.append("writer", batch);
        }
        for (const stored_event& fact : log.commit()) {
            hashes.push_back(fact.own);
            feed.remember(fact);
        }
        feed.pump();
    }

    std::optional<wire_error> subscribe(const live_feed::key& who, const subscribe_request& wish)
    {
        bool answered = false;
        std::optional<wire_error> refused;
        feed.subscribe(who, wish, [&](const std::optional<refusal>& why) {
            answered = true;
            if (why)
                refused = why->code;
        });
        run_until([&] { return answered; });
        return refused;
    }

    static std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last)
    {
        std::vector<std::uint64_t> seqs;
        for (; first <= last; ++first)
            seqs.push_back(first);
        return seqs;
    }

    test::temporary_folder folder;
    journal log{folder.files()};
    int events = 0;
    std::vector<hash> hashes{hash{}}; ///< by seq
    std::map<live_feed::key, std::vector<std::uint64_t>> got;
    std::map<live_feed::key, wire_error> ended;
    std::set<std::string> unreachable;
    std::set<std::string> full;
    std::vector<refusal> reported;
    reader disk{
        io.get_executor(), folder.files(), [this](const refusal& why) { reported.push_back(why); }};
    live_feed feed{
        disk,
        [this](const live_feed::key& to, std::string_view verb, const std::string& body) {
            return send(to, verb, body);
        },
        0};
};

TEST_F(the_live_feed, gives_each_subscriber_every_event_once)
{
    EXPECT_FALSE(subscribe(alice, {1, {}, 100}));
    append(3);
    EXPECT_FALSE(subscribe(bob, {3, hashes[2], 100}));
    append(2);
    EXPECT_EQ(got[alice], range(1, 5));
    EXPECT_EQ(got[bob], range(3, 5));
}

TEST_F(the_live_feed, a_connection_has_so_many_subscriptions_and_no_more)
{
    for (std::uint64_t request = 1; request <= limit::subscriptions; ++request)
        EXPECT_FALSE(subscribe({"alice", request}, {1, {}, 100}));
    const live_feed::key next{"alice", limit::subscriptions + 1};
    EXPECT_EQ(subscribe(next, {1, {}, 100}), wire_error::invalid);
    EXPECT_FALSE(subscribe(alice, {1, {}, 100})) << "one that it has begins anew";
    EXPECT_FALSE(subscribe(bob, {1, {}, 100})) << "another connection has its own";
    append(1);
    EXPECT_FALSE(got.contains(next));
    EXPECT_EQ(got[alice], range(1, 1));
    feed.cancel(alice);
    EXPECT_FALSE(subscribe(next, {1, {}, 100}));
}

TEST_F(the_live_feed, what_is_cancelled_before_it_has_begun_never_begins)
{
    append(3);
    std::vector<std::optional<wire_error>> said;
    const auto note = [&](const std::optional<refusal>& why) {
        said.push_back(why ? std::optional{why->code} : std::nullopt);
    };
    feed.subscribe(alice, {1, {}, 100}, note);
    feed.cancel(alice);
    feed.subscribe(bob, {1, {}, 100}, note);
    feed.forget_peer(bob.first);
    run_until([&] { return said.size() == 2; });
    feed.subscribe(alice, {1, {}, 100}, note);
    feed.end_all({wire_error::stale, "the bus was paused"});
    run_until([&] { return said.size() == 3; });
    EXPECT_EQ(said, std::vector<std::optional<wire_error>>(3, wire_error::not_found));
    append(1);
    EXPECT_EQ(feed.size(), 0U);
    EXPECT_TRUE(got.empty());
}

TEST_F(the_live_feed, the_later_of_two_of_one_number_counts)
{
    append(3);
    std::vector<std::optional<wire_error>> said;
    const auto note = [&](const std::optional<refusal>& why) {
        said.push_back(why ? std::optional{why->code} : std::nullopt);
    };
    feed.subscribe(alice, {1, {}, 100}, note);        // read from disk
    feed.subscribe(alice, {3, hashes[2], 100}, note); // known at once
    run_until([&] { return said.size() == 2; });
    EXPECT_EQ(said, (std::vector<std::optional<wire_error>>{std::nullopt, wire_error::not_found}));
    append(1);
    EXPECT_EQ(got[alice], range(3, 4));
}

/// What a feed sends with: every event goes to `seqs`.
auto keeping(std::vector<std::uint64_t>& seqs)
{
    return [&seqs](const live_feed::key&, std::string_view, const std::string& body) {
        octet_reader fields{body};
        for (std::uint32_t left = fields.u32(); left > 0; --left)
            seqs.push_back(decode_event(fields).seq);
        return send_result::sent;
    };
}

TEST_F(the_live_feed, reads_from_disk_what_is_older_than_its_memory)
{
    append(600);
    const journal_files files = folder.files();
    reader other_disk{io.get_executor(), files, [](const refusal&) { FAIL(); }};
    std::vector<std::uint64_t> seqs;
    live_feed late{other_disk, keeping(seqs), log.head().seq};
    late.subscribe(
        alice, {1, {}, 4096}, [](const std::optional<refusal>& why) { EXPECT_FALSE(why); });
    run_until([&] { return seqs.size() == 600; });
    EXPECT_EQ(seqs, range(1, 600));
    other_disk.finish();
}

TEST_F(the_live_feed, reads_no_further_than_its_credit)
{
    append(1000);
    std::vector<std::uint64_t> seqs;
    live_feed late{disk, keeping(seqs), log.head().seq};
    late.subscribe(
        alice, {1, {}, 600}, [](const std::optional<refusal>& why) { EXPECT_FALSE(why); });
    run_until([&] { return seqs.size() == 600; });
    late.pump();
    late.credit(alice, {300, 600});
    run_until([&] { return seqs.size() == 900; });
    late.credit(alice, {900, 600});
    run_until([&] { return seqs.size() == 1000; });
    EXPECT_EQ(seqs, range(1, 1000));
    disk.finish();
}

TEST_F(the_live_feed, waits_for_credit_and_costs_others_nothing_meanwhile)
{
    subscribe(alice, {1, {}, 2});
    subscribe(bob, {1, {}, 100});
    append(10);
    EXPECT_EQ(got[alice], range(1, 2));
    EXPECT_EQ(got[bob], range(1, 10));
    feed.credit(alice, {1, 2});
    EXPECT_EQ(got[alice], range(1, 3));
    feed.credit(alice, {3, 100});
    EXPECT_EQ(got[alice], range(1, 10));
}

TEST_F(the_live_feed, goes_on_when_a_full_queue_has_room_again)
{
    subscribe(alice, {1, {}, 100});
    full.insert("alice");
    append(3);
    EXPECT_TRUE(got[alice].empty());
    full.clear();
    feed.pump();
    EXPECT_EQ(got[alice], range(1, 3));
}

TEST_F(the_live_feed, forgets_peers_that_are_gone)
{
    subscribe(alice, {1, {}, 100});
    subscribe({"alice", 2}, {1, {}, 100});
    subscribe(bob, {1, {}, 100});
    unreachable.insert("alice");
    append(1);
    EXPECT_EQ(got[bob], range(1, 1)) << "others go on";
    feed.forget_peer("alice");
    EXPECT_EQ(feed.size(), 1U);
    feed.forget_peer("bob");
    EXPECT_EQ(feed.size(), 0U);
}

TEST_F(the_live_feed, refuses_who_knows_another_past)
{
    append(3);
    EXPECT_EQ(subscribe(alice, {4, hashes[2], 10}), wire_error::different_log);
    EXPECT_EQ(subscribe(alice, {6, hashes[3], 10}), wire_error::different_log);
    EXPECT_EQ(subscribe(alice, {1, hashes[1], 10}), wire_error::different_log);
    EXPECT_FALSE(subscribe(alice, {4, hashes[3], 10}));
    EXPECT_EQ(feed.size(), 1U);
}

TEST_F(the_live_feed, ends_every_subscription_with_the_reason)
{
    subscribe(alice, {1, {}, 10});
    feed.end_all({wire_error::stale, "paused"});
    EXPECT_EQ(ended.at(alice), wire_error::stale);
    append(1);
    EXPECT_TRUE(got[alice].empty());
    feed.credit(bob, {1, 1});
    EXPECT_EQ(ended.at(bob), wire_error::not_found);
}

/// A feed whose memory is empty, as after a start, over a log that was changed on the disk.
class a_damaged_log : public the_live_feed {
protected:
    a_damaged_log() { append(10); }

    void change(const std::string& sql)
    {
        database damaging{folder.files().database, database::access::write};
        damaging.execute(sql.c_str());
    }

    /// Until the subscription is refused or ended.
    wire_error follow(const subscribe_request& wish)
    {
        live_feed fresh{
            disk,
            [this](const live_feed::key& to, std::string_view verb, const std::string& body) {
                return send(to, verb, body);
            },
            log.head().seq};
        std::optional<wire_error> refused;
        fresh.subscribe(alice, wish, [&](const std::optional<refusal>& why) {
            if (why)
                refused = why->code;
        });
        run_until([&] { return refused || ended.contains(alice); });
        disk.finish();
        return refused ? *refused : ended.at(alice);
    }
};

TEST_F(a_damaged_log, is_served_to_nobody_from_a_missing_event_on)
{
    change("DELETE FROM events WHERE seq = 4");
    EXPECT_EQ(follow({1, {}, 10}), wire_error::damaged);
    EXPECT_EQ(got[alice], range(1, 3)) << "a gap is never skipped";
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_NE(reported[0].text.find("event 4 is missing"), std::string::npos);
}

TEST_F(a_damaged_log, is_served_to_nobody_from_a_changed_event_on)
{
    change("UPDATE events SET payload = x'7b7d' WHERE seq = 7");
    EXPECT_EQ(follow({5, hashes[4], 10}), wire_error::damaged);
    EXPECT_EQ(got[alice], range(5, 6));
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_NE(reported[0].text.find("event 7 does not match"), std::string::npos);
}

TEST_F(a_damaged_log, is_served_to_nobody_from_its_lost_end_on)
{
    change("DELETE FROM events WHERE seq > 8");
    EXPECT_EQ(follow({1, {}, 10}), wire_error::damaged);
    EXPECT_EQ(got[alice], range(1, 8));
    ASSERT_EQ(reported.size(), 1U);
    EXPECT_NE(reported[0].text.find("event 9 is missing"), std::string::npos);
}

TEST_F(a_damaged_log, is_served_to_nobody_when_event_and_hash_were_changed_together)
{
    database db{folder.files().database, database::access::write};
    const hash forged = chain_hash(hash{}, 7, 1000, "forged", "test.happened", "{}");
    statement set{db, "UPDATE events SET id = 'forged', payload = x'7b7d', own = ? WHERE seq = 7"};
    set.run(blob{{reinterpret_cast<const char*>(forged.data()), forged.size()}});
    EXPECT_EQ(follow({7, hashes[6], 10}), wire_error::damaged);
}

TEST_F(a_damaged_log, is_told_from_another_history)
{
    change("UPDATE events SET own = zeroblob(32) WHERE seq = 4");
    EXPECT_EQ(follow({5, hashes[4], 10}), wire_error::damaged);
}

TEST_F(a_damaged_log, still_serves_what_is_in_memory)
{
    change("UPDATE events SET payload = x'7b7d'");
    EXPECT_FALSE(subscribe(alice, {1, {}, 100}));
    EXPECT_EQ(got[alice], range(1, 10));
}

} // namespace
} // namespace bus
