#include "bus/chain.hpp"
#include "bus/protocol.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bus {
namespace {

std::vector<stored_event> three_events()
{
    std::vector<stored_event> chain(3);
    hash last{};
    for (std::size_t at = 0; at < chain.size(); ++at) {
        stored_event& fact = chain[at];
        fact.id = "id" + std::to_string(at);
        fact.type = "type";
        fact.payload = "payload";
        fact.seq = at + 1;
        fact.time = static_cast<std::int64_t>(1000 + at);
        fact.own = last = chain_hash(last, fact.seq, fact.time, fact.id, fact.type, fact.payload);
    }
    return chain;
}

TEST(the_chain_hash, is_the_one_of_the_protocol_document)
{
    const hash value = chain_hash({}, 1, 2, "id", "type", "payload");
    std::string text;
    for (const std::uint8_t octet : value)
        text += "0123456789abcdef"[octet >> 4U], text += "0123456789abcdef"[octet & 15U];
    EXPECT_EQ(text, "dc582e8b5fb8eb3182a523dfa2b6fc679910260dc28857cf1c5237b0f8d549ec");
}

TEST(the_chain_hash, is_the_same_of_encoded_fields)
{
    const stored_event fact = three_events()[1];
    octet_writer fields;
    encode_fields(fields, {fact.seq, fact.time, fact.id, fact.type, fact.payload});
    EXPECT_EQ(chain_hash(three_events()[0].own, fields.view()), fact.own);
}

TEST(the_chain_hash, tells_fields_apart)
{
    EXPECT_NE(chain_hash({}, 1, 2, "ab", "c", "d"), chain_hash({}, 1, 2, "a", "bc", "d"));
    EXPECT_NE(chain_hash({}, 1, 2, "a", "bc", "d"), chain_hash({}, 1, 2, "a", "b", "cd"));
}

/// Events as they arrive.
class arrived_events {
public:
    explicit arrived_events(const std::vector<stored_event>& events)
    {
        for (const stored_event& fact : events)
            encode_event(octets_, fact);
        octet_reader fields{octets_.view()};
        for (std::size_t left = events.size(); left > 0; --left) {
            facts_.push_back(decode_event(fields, links_.emplace_back()));
        }
    }

    std::size_t accepted_by(chain_cursor& cursor) const { return cursor.accept(facts_, links_); }
    const std::vector<chain_link>& links() const { return links_; }

private:
    octet_writer octets_;
    std::vector<event_view> facts_;
    std::vector<chain_link> links_;
};

TEST(a_count_of_chained_events, ends_before_the_first_that_is_wrong)
{
    const auto chain = three_events();
    EXPECT_EQ(count_chained({}, {}), 0U);
    EXPECT_EQ(count_chained({}, arrived_events{chain}.links()), 3U);
    EXPECT_EQ(count_chained(chain[0].own, arrived_events{chain}.links()), 0U);
    for (std::size_t wrong = 0; wrong < chain.size(); ++wrong) {
        auto changed = chain;
        changed[wrong].payload += "x";
        EXPECT_EQ(count_chained({}, arrived_events{changed}.links()), wrong);
        changed = chain;
        changed[wrong].own[0] ^= 1;
        EXPECT_EQ(count_chained({}, arrived_events{changed}.links()), wrong);
    }
}

TEST(a_chain_cursor, follows_an_intact_chain)
{
    const auto chain = three_events();
    chain_cursor cursor{1, {}};
    EXPECT_EQ(arrived_events{chain}.accepted_by(cursor), 3U);
    EXPECT_EQ(cursor.next(), 4U);
    EXPECT_EQ(cursor.last(), chain[2].own);
}

TEST(a_chain_cursor, refuses_every_change_of_an_event)
{
    const auto refused = [](auto change) {
        auto chain = three_events();
        change(chain[1]);
        chain_cursor cursor{1, {}};
        const bool stopped = arrived_events{chain}.accepted_by(cursor) == 1;
        return stopped && cursor.next() == 2 && cursor.last() == chain[0].own;
    };
    EXPECT_TRUE(refused([](stored_event& fact) { fact.seq = 3; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.time = 999; }));
    EXPECT_TRUE(refused([](stored_event& fact) { ++fact.time; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.id += "x"; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.type += "x"; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.payload[0] ^= 1; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.own[31] ^= 1; }));
}

TEST(a_chain_cursor, refuses_times_and_numbers_that_go_back_though_their_hash_is_right)
{
    const auto refused = [](auto change) {
        auto chain = three_events();
        stored_event& fact = chain[1];
        change(fact);
        fact.own = chain_hash(chain[0].own, fact.seq, fact.time, fact.id, fact.type, fact.payload);
        chain_cursor cursor{1, {}};
        return arrived_events{chain}.accepted_by(cursor) == 1 && cursor.next() == 2;
    };
    EXPECT_TRUE(refused([](stored_event& fact) { fact.time = 999; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.seq = 1; }));
}

TEST(a_chain_cursor, refuses_a_gap_and_a_repeat)
{
    const auto chain = three_events();
    chain_cursor cursor{1, {}};
    EXPECT_EQ(arrived_events{{chain[0]}}.accepted_by(cursor), 1U);
    EXPECT_EQ(arrived_events{{chain[0]}}.accepted_by(cursor), 0U);
    EXPECT_EQ(arrived_events{{chain[2]}}.accepted_by(cursor), 0U);
    EXPECT_EQ(arrived_events{{chain[1]}}.accepted_by(cursor), 1U);
}

} // namespace
} // namespace bus
