#include "bus/bundle.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

packet make_packet(std::uint64_t request, std::string body)
{
    packet made{"append", request, {}, std::move(body)};
    made.broker[0] = 1;
    made.broker[31] = 2;
    return made;
}

TEST(a_bundle, holds_its_packets_in_order)
{
    bundle sent;
    EXPECT_TRUE(sent.empty());
    sent.add(make_packet(1, "first"));
    sent.add(make_packet(0x0102030405060708, ""));
    const auto got = from_bundle(sent.take());
    EXPECT_TRUE(sent.empty());
    ASSERT_TRUE(got);
    ASSERT_EQ(got->size(), 2U);
    EXPECT_EQ((*got)[0].verb, "append");
    EXPECT_EQ((*got)[0].request, 1U);
    EXPECT_EQ((*got)[0].body, "first");
    EXPECT_EQ((*got)[0].broker, make_packet(1, "").broker);
    EXPECT_EQ((*got)[1].request, 0x0102030405060708U);
    EXPECT_EQ((*got)[1].body, "");
    EXPECT_EQ((*got)[1].broker, (*got)[0].broker);
}

TEST(a_bundle, is_written_as_documented)
{
    bundle sent;
    sent.add({"head", 9, {}, "xy"});
    const std::string zeros(32, '\0');
    EXPECT_EQ(
        sent.take(),
        "SP1" + zeros + std::string("\0\0\0\1", 4) + std::string("\0\0\0\4head", 8) +
            std::string("\0\0\0\0\0\0\0\x9", 8) + std::string("\0\0\0\2xy", 6));
}

TEST(a_bundle, takes_packets_for_one_broker_until_it_is_full)
{
    bundle many;
    std::uint64_t request = 0;
    for (; many.takes(make_packet(request, "")); ++request)
        many.add(make_packet(request, ""));
    EXPECT_EQ(request, bundle::most_packets);
    EXPECT_TRUE(from_bundle(many.take()));

    many.add(make_packet(1, ""));
    EXPECT_FALSE(many.takes({"head", 2, {}, ""})) << "another broker's";
    EXPECT_FALSE(many.takes(make_packet(2, std::string(bundle::most_octets, 'x'))));
    many.take();
    const packet largest = make_packet(1, std::string(limit::body, 'x'));
    EXPECT_TRUE(many.takes(largest)) << "one packet has room, whatever its size";
    many.add(largest);
    const std::string frame = many.take();
    EXPECT_LE(frame.size(), limit::frame);
    EXPECT_TRUE(from_bundle(frame));
}

TEST(a_bundle, of_one_packet_is_the_same_made_in_place)
{
    for (const std::string& body : {std::string{}, std::string(100'000, 'b')}) {
        bundle sent;
        sent.add(make_packet(7, body));
        const std::string frame = bundle_of_one(make_packet(7, body));
        EXPECT_EQ(frame, sent.take());
        const auto got = from_bundle(frame);
        ASSERT_TRUE(got);
        ASSERT_EQ(got->size(), 1U);
        EXPECT_EQ(got->front().request, 7U);
        EXPECT_EQ(got->front().body, body);
    }
}

TEST(a_bundle, is_none_when_cut_or_lengthened_or_of_another_protocol)
{
    bundle sent;
    sent.add(make_packet(1, "body"));
    sent.add(make_packet(2, "body"));
    const std::string good = sent.take();
    ASSERT_TRUE(from_bundle(good));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(from_bundle(good.substr(0, size))) << size;
    EXPECT_FALSE(from_bundle(good + "x"));
    EXPECT_FALSE(from_bundle("SP2" + good.substr(3)));
    std::string claims = good;
    claims.replace(3 + 32, 4, "\xff\xff\xff\xff");
    EXPECT_FALSE(from_bundle(claims));
}

} // namespace
} // namespace bus
