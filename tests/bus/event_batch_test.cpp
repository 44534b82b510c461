#include "bus/chain.hpp"
#include "bus/event_batch.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bus {
namespace {

/// Events 1, 2, … of a chain, added unchecked.
class chain_in_a_batch {
public:
    void add(bool right = true)
    {
        const event_view fact{batch.next(), 1, "id", "type", "payload"};
        hash own = chain_hash(batch.last(), fact.seq, fact.time, fact.id, fact.type, fact.payload);
        own[0] ^= right ? 0 : 1;
        batch.add_unchecked(fact, own);
    }

    event_batch batch{1, {}, 5};
};

TEST(a_batch, keeps_what_is_right)
{
    chain_in_a_batch chain;
    for (int event = 0; event < 5; ++event)
        chain.add();
    EXPECT_TRUE(chain.batch.full());
    EXPECT_TRUE(chain.batch.check());
    EXPECT_EQ(chain.batch.count(), 5U);
    EXPECT_EQ(chain.batch.next(), 6U);
}

TEST(a_batch, drops_what_does_not_match_its_hash_and_all_that_follows)
{
    chain_in_a_batch chain;
    chain.add();
    chain.add();
    const hash last = chain.batch.last();
    chain.add(false);
    chain.add();
    EXPECT_FALSE(chain.batch.check());
    EXPECT_EQ(chain.batch.count(), 2U);
    EXPECT_EQ(chain.batch.next(), 3U);
    EXPECT_EQ(chain.batch.last(), last);
    EXPECT_FALSE(chain.batch.full());
    const std::string body = chain.batch.take_body();
    octet_reader fields{body};
    ASSERT_EQ(fields.u32(), 2U);
    EXPECT_EQ(decode_event(fields).seq, 1U);
    EXPECT_EQ(decode_event(fields).own, last);
    EXPECT_NO_THROW(fields.finish());
}

TEST(a_batch, goes_on_where_it_was_checked)
{
    chain_in_a_batch chain;
    chain.add(false);
    EXPECT_FALSE(chain.batch.check());
    EXPECT_EQ(chain.batch.count(), 0U);
    EXPECT_EQ(chain.batch.next(), 1U);
    EXPECT_EQ(chain.batch.last(), hash{});
    chain.add();
    EXPECT_TRUE(chain.batch.check());
    chain.add();
    EXPECT_TRUE(chain.batch.check());
    EXPECT_TRUE(chain.batch.check()) << "with nothing added since";
    EXPECT_EQ(chain.batch.count(), 2U);
}

} // namespace
} // namespace bus
