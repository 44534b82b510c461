#include "bus/chain.hpp"
#include "bus/protocol.hpp"

#include <gtest/gtest.h>

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

TEST(a_chain_cursor, follows_an_intact_chain)
{
    chain_cursor cursor{1, {}};
    for (stored_event& fact : three_events())
        EXPECT_FALSE(cursor.accept(fact));
    EXPECT_EQ(cursor.next(), 4U);
}

TEST(a_chain_cursor, refuses_every_change_of_an_event)
{
    const auto refused = [](auto change) {
        auto chain = three_events();
        change(chain[1]);
        chain_cursor cursor{1, {}};
        EXPECT_FALSE(cursor.accept(chain[0]));
        octet_writer packet;
        encode_event(packet, chain[1]);
        octet_reader arrived{packet.view()};
        stored_event decoded;
        const std::string_view fields = decode_event(arrived, decoded);
        const bool stopped = cursor.accept(chain[1]) == errc::different_log &&
                             cursor.accept(decoded, fields) == errc::different_log;
        return stopped && cursor.next() == 2;
    };
    EXPECT_TRUE(refused([](stored_event& fact) { fact.seq = 3; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.time = 999; }));
    EXPECT_TRUE(refused([](stored_event& fact) { ++fact.time; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.id += "x"; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.type += "x"; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.payload[0] ^= 1; }));
    EXPECT_TRUE(refused([](stored_event& fact) { fact.own[31] ^= 1; }));
}

TEST(a_chain_cursor, refuses_a_gap_and_a_repeat)
{
    auto chain = three_events();
    chain_cursor cursor{1, {}};
    EXPECT_FALSE(cursor.accept(chain[0]));
    EXPECT_EQ(cursor.accept(chain[0]), errc::different_log);
    EXPECT_EQ(cursor.accept(chain[2]), errc::different_log);
    EXPECT_FALSE(cursor.accept(chain[1]));
}

} // namespace
} // namespace bus
