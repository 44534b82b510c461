#include "bus/protocol.hpp"
#include "bus/reads_in_turn.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bus {
namespace {

class the_reads : public testing::Test {
protected:
    void ask(const std::string& peer, std::size_t octets = 10)
    {
        EXPECT_TRUE(reads.ask(peer, octets, [this, peer](reads_in_turn::share share) {
            begun.push_back(peer);
            shares.emplace(peer, std::move(share));
        }));
    }
    /// Its oldest answer has left.
    void leave(const std::string& peer)
    {
        shares.erase(shares.find(peer));
        io.restart();
        io.poll();
    }
    std::size_t under_way(const std::string& peer) const { return shares.count(peer); }

    using names = std::vector<std::string>;
    boost::asio::io_context io{1};
    reads_in_turn reads{io.get_executor(), 100};
    names begun;
    std::multimap<std::string, reads_in_turn::share> shares;
};

TEST_F(the_reads, of_one_peer_are_as_much_as_is_left_for_others)
{
    for (int number = 0; number < 20; ++number)
        ask("a");
    EXPECT_EQ(under_way("a"), 5U);
    EXPECT_EQ(reads.octets_under_way(), 50U);
    leave("a");
    EXPECT_EQ(begun.size(), 6U) << "the next one began";
    EXPECT_EQ(under_way("a"), 5U);
}

TEST_F(the_reads, of_a_peer_that_takes_nothing_keep_nobody_waiting)
{
    for (const char* stuck : {"a", "b", "c", "d", "e", "f", "g", "h"})
        for (int number = 0; number < 20; ++number)
            ask(stuck);
    ask("z");
    ask("z");
    EXPECT_EQ(begun.back(), "z");
    leave("z");
    EXPECT_EQ(begun.back(), "z");
    EXPECT_LE(reads.octets_under_way(), 100U + 9 * 10U);
}

TEST_F(the_reads, are_begun_in_turn)
{
    reads_in_turn few{io.get_executor(), 1};
    const auto read = [this, &few](const std::string& peer) {
        EXPECT_TRUE(few.ask(peer, 10, [this, peer](reads_in_turn::share share) {
            begun.push_back(peer);
            shares.emplace(peer, std::move(share));
        }));
    };
    for (int number = 0; number < 3; ++number)
        read("a");
    for (int number = 0; number < 2; ++number)
        read("b");
    EXPECT_EQ(begun, (names{"a", "b"})) << "one of each always may be";
    leave("a");
    leave("b");
    leave("a");
    EXPECT_EQ(begun, (names{"a", "b", "a", "b", "a"}));
}

TEST_F(the_reads, that_are_larger_than_all_may_be_are_done_alone)
{
    ask("a", 1000);
    ask("a", 1000);
    EXPECT_EQ(begun.size(), 1U);
    leave("a");
    EXPECT_EQ(begun.size(), 2U);
}

TEST_F(the_reads, of_a_peer_that_is_gone_are_forgotten)
{
    for (int number = 0; number < 20; ++number)
        ask("gone");
    reads.forget("gone");
    leave("gone");
    EXPECT_EQ(begun.size(), 5U);
    while (under_way("gone") > 0)
        leave("gone");
    EXPECT_EQ(reads.octets_under_way(), 0U);
    reads.forget("unknown");
}

TEST_F(the_reads, that_wait_are_bounded_in_number)
{
    for (std::size_t number = 0; number < limit::waiting_reads + 5; ++number)
        ask("a");
    EXPECT_FALSE(reads.ask("a", 10, [](const reads_in_turn::share&) {}));
    ask("b");
}

TEST_F(the_reads, that_wait_are_bounded_in_number_of_all_peers)
{
    const auto wait = [this](const std::string& peer) {
        std::size_t taken = 0;
        while (reads.ask(peer, 100, [](const reads_in_turn::share&) {}))
            ++taken;
        return taken;
    };
    EXPECT_LE(wait("a"), limit::waiting_reads + 1);
    wait("b");
    const std::size_t late = wait("c");
    EXPECT_GE(late, limit::sure_reads);
    EXPECT_LE(late, limit::sure_reads + 3);
    reads.forget("a");
    EXPECT_GT(wait("d"), limit::sure_reads + 3) << "what it asked for waits no more";
}

TEST(a_share_of_memory, may_outlive_those_who_share)
{
    boost::asio::io_context io{1};
    reads_in_turn::share kept;
    {
        reads_in_turn reads{io.get_executor(), 100};
        EXPECT_TRUE(reads.ask("a", 10, [&kept](reads_in_turn::share share) { kept = share; }));
    }
    kept.reset();
    EXPECT_EQ(io.poll(), 1U);
}

} // namespace
} // namespace bus
