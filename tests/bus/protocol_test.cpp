#include "bus/protocol.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

TEST(a_body, comes_back_as_it_was)
{
    append_request batch;
    batch.events = {{"id", "type", std::string("pay\0load", 8)}, {"id2", "type2", ""}};
    batch.contents = {{"c1", 3}};
    batch.slots = {{"c1", "link/ä@example.org", "sealed"}};
    const append_request got = decode_append(encode(batch));
    ASSERT_EQ(got.events.size(), 2U);
    EXPECT_EQ(got.events[0].payload, batch.events[0].payload);
    EXPECT_EQ(got.events[1].id, "id2");
    EXPECT_EQ(got.contents[0].chunks, 3U);
    EXPECT_EQ(got.slots[0].name, batch.slots[0].name);

    EXPECT_EQ(
        decode_seqs(encode_seqs({1, 1ULL << 40U})), (std::vector<std::uint64_t>{1, 1ULL << 40U}));
    EXPECT_EQ(decode_refusal(encode(refusal{wire_error::conflict, "why"})).text, "why");
    EXPECT_EQ(decode_credit(encode(credit_request{9, 8})).handled, 9U);
    EXPECT_EQ(decode_put(encode(put_request{"c", 4, "octets"})).octets, "octets");
    EXPECT_EQ(decode_slots(encode(slot_request{"c", {"a", "b"}})).names.size(), 2U);
}

/// Every decoder must say "malformed" for every way in which a packet can be cut short or lie about
/// lengths.
template <class Decode>
void expect_only_the_whole(const std::string& body, Decode decode)
{
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_THROW(decode(body.substr(0, size)), malformed) << size;
    EXPECT_THROW(decode(body + "x"), malformed);
}

TEST(a_body, is_malformed_when_cut_or_lengthened)
{
    append_request batch;
    batch.events = {{"id", "type", "payload"}};
    batch.contents = {{"c1", 3}};
    batch.slots = {{"c1", "link/a", "sealed"}};
    expect_only_the_whole(encode(batch), [](const std::string& body) { decode_append(body); });
    expect_only_the_whole(encode(subscribe_request{1, {}, 2}), [](const std::string& body) {
        decode_subscribe(body);
    });
    expect_only_the_whole(
        encode(credit_request{1, 2}), [](const std::string& body) { decode_credit(body); });
    expect_only_the_whole(
        encode(put_request{"c", 1, "x"}), [](const std::string& body) { decode_put(body); });
    expect_only_the_whole(
        encode(get_request{"c", 1}), [](const std::string& body) { decode_get(body); });
    expect_only_the_whole(
        encode(slot_request{"c", {"a"}}), [](const std::string& body) { decode_slots(body); });
    expect_only_the_whole(
        encode_content("c"), [](const std::string& body) { decode_content(body); });
}

TEST(a_body, is_malformed_when_it_claims_more_than_is_allowed)
{
    EXPECT_THROW(decode_append(octet_writer{}.u32(257).take()), malformed);
    EXPECT_THROW(decode_append(octet_writer{}.u32(0xffffffff).take()), malformed);
    EXPECT_THROW(
        decode_put(octet_writer{}.text("c").u32(0).text(std::string(limit::chunk + 1, 'x')).take()),
        malformed);
    EXPECT_THROW(decode_content(octet_writer{}.text(std::string(65, 'x')).take()), malformed);
}

} // namespace
} // namespace bus
