#include "bus/content_puts.hpp"
#include "tests/bus/running_bus.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace bus {
namespace {

using boost::system::error_code;

class content_under_way : public testing::Test {
protected:
    content_under_way()
    {
        link =
            std::make_shared<connection>(bus.io.get_executor(), bus.settings_of("writer"), bus.log);
        link->start();
        bus.run(link->ready());
        puts.emplace(link);
    }
    ~content_under_way() override { link->close(); }

    error_code put(const std::string& content, std::uint32_t index, std::string octets = "x")
    {
        return bus.run(puts->put(content, index, std::move(octets)));
    }

    test::running_bus bus;
    std::shared_ptr<connection> link;
    std::optional<content_puts> puts;
};

TEST_F(content_under_way, counts_its_chunks)
{
    for (std::uint32_t index = 0; index < 40; ++index)
        EXPECT_FALSE(put("c", index));
    EXPECT_EQ(puts->count({"c"})[0].chunks, 40U);
    EXPECT_EQ(puts->count({"unknown"})[0].chunks, 0U);
    puts->forget("c");
    EXPECT_EQ(puts->count({"c"})[0].chunks, 0U);
}

TEST_F(content_under_way, waits_when_too_many_chunks_are_unacknowledged)
{
    // All are begun before the broker gets a turn to answer any of them.
    constexpr unsigned all = content_puts::sure_chunks + 4;
    unsigned returned = 0;
    for (std::uint32_t index = 0; index < all; ++index)
        boost::asio::co_spawn(
            bus.io,
            puts->put("c", index, "x"),
            [&returned](const std::exception_ptr&, error_code error) {
                EXPECT_FALSE(error);
                ++returned;
            });
    EXPECT_EQ(puts->count({"c"})[0].chunks, 0U) << "nothing has run yet";
    bus.run_until([&] { return returned == content_puts::sure_chunks; });
    EXPECT_LE(puts->count({"c"})[0].chunks, all);
    bus.run_until([&] { return returned == all; });
    EXPECT_EQ(puts->count({"c"})[0].chunks, all);
}

TEST_F(content_under_way, has_more_chunks_on_the_way_where_the_broker_has_room_for_them)
{
    EXPECT_FALSE(put("first", 0));
    bus.run(link->ask(verb::discard, encode_content("none"))); // answered after the put
    constexpr unsigned all = 3 * content_puts::sure_chunks;
    unsigned returned = 0;
    bool answered = false;
    for (std::uint32_t index = 0; index < all; ++index)
        boost::asio::co_spawn(
            bus.io, puts->put("c", index, "x"), [&](const std::exception_ptr&, error_code error) {
                EXPECT_FALSE(error);
                EXPECT_FALSE(answered);
                ++returned;
            });
    link->ask(link->new_request(), verb::head, {}, [&](const answer&) { answered = true; });
    bus.run_until([&] { return returned == all && answered; });
}

TEST_F(content_under_way, bounds_what_all_contents_together_have_on_the_way)
{
    constexpr unsigned fitting = content_puts::most_octets / limit::chunk;
    constexpr unsigned all = fitting + 20;
    unsigned returned = 0;
    bool acknowledged = false;
    link->ask(link->new_request(), verb::head, {}, [&](const answer&) { acknowledged = true; });
    for (unsigned number = 0; number < all; ++number)
        boost::asio::co_spawn(
            bus.io,
            puts->put("c" + std::to_string(number), 0, std::string(limit::chunk, 'x')),
            [&](const std::exception_ptr&, error_code error) {
                EXPECT_FALSE(error);
                EXPECT_TRUE(acknowledged || returned < fitting);
                ++returned;
            });
    bus.run_until([&] { return returned == all; });
    EXPECT_TRUE(acknowledged);
}

TEST_F(content_under_way, refuses_a_gap_and_what_is_too_large)
{
    EXPECT_EQ(put("c", 1), errc::invalid);
    EXPECT_FALSE(put("c", 0));
    EXPECT_EQ(put("c", 0), errc::invalid);
    EXPECT_EQ(put("c", 2), errc::invalid);
    EXPECT_EQ(put("c", 1, std::string(limit::chunk + 1, 'x')), errc::invalid);
    EXPECT_EQ(put(std::string(65, 'c'), 0), errc::invalid);
}

TEST_F(content_under_way, stays_failed_once_a_chunk_failed)
{
    EXPECT_FALSE(put("c", 0));
    bus.stop();
    bus.run_until([&] { return !link->connected() || put("c", puts->count({"c"})[0].chunks); });
    bus.run_until([&] { return !!put("c", puts->count({"c"})[0].chunks); });
    EXPECT_TRUE(puts->failure({"other", "c"}));
    bus.start();
    bus.run(link->ready());
    EXPECT_TRUE(put("c", 1)) << "it cannot become whole any more";
    EXPECT_FALSE(put("fresh", 0));
}

TEST_F(content_under_way, learns_of_a_refusal)
{
    EXPECT_FALSE(put("empty", 0, ""));
    bus.run_until([&] { return !!puts->failure({"empty"}); });
    EXPECT_EQ(puts->failure({"empty"}), errc::invalid);
}

} // namespace
} // namespace bus
