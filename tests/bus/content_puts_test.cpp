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
        puts.emplace(link, [this] { return now; });
    }
    ~content_under_way() override { link->close(); }

    error_code put(const std::string& content, std::uint32_t index, std::string octets = "x")
    {
        return bus.run(puts->put(content, index, std::move(octets)));
    }

    /// Begins that many large chunks of one content before the broker gets a turn; how many of them
    /// were on their way before it answered anything.
    unsigned sent_before_an_answer(const std::string& content, unsigned chunks)
    {
        unsigned returned = 0;
        std::optional<unsigned> before;
        link->ask(link->new_request(), verb::head, {}, [&](const answer&) { before = returned; });
        for (std::uint32_t index = 0; index < chunks; ++index)
            boost::asio::co_spawn(
                bus.io,
                puts->put(content, index, std::string(large, 'x')),
                [&returned](const std::exception_ptr&, error_code error) {
                    EXPECT_FALSE(error);
                    ++returned;
                });
        bus.run_until([&] { return returned == chunks && before; });
        EXPECT_EQ(puts->count({content})[0].chunks, chunks);
        return before.value();
    }

    static constexpr std::size_t large = 64UL * 1024;
    static constexpr unsigned at_first = content_puts::first_share / large;

    test::running_bus bus;
    std::chrono::steady_clock::time_point now;
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

TEST_F(content_under_way, has_little_on_the_way_until_it_was_told_its_share)
{
    EXPECT_EQ(sent_before_an_answer("first", 3 * at_first), at_first);
    EXPECT_EQ(sent_before_an_answer("second", 3 * at_first), 3 * at_first);
}

TEST_F(content_under_way, does_not_believe_a_share_for_ever)
{
    const auto all_acknowledged = [this] {
        bus.run(link->ask(verb::discard, encode_content("none"))); // answered after the puts
    };
    EXPECT_FALSE(put("first", 0));
    all_acknowledged();
    now += content_puts::share_holds - std::chrono::milliseconds{1};
    EXPECT_EQ(sent_before_an_answer("second", 3 * at_first), 3 * at_first);
    all_acknowledged();
    now += content_puts::share_holds;
    EXPECT_EQ(sent_before_an_answer("third", 3 * at_first), at_first);
}

TEST_F(content_under_way, goes_on_by_a_chunk_of_each_content_whatever_its_share)
{
    std::vector<std::string> contents;
    for (unsigned number = 0; number < 2 * at_first; ++number)
        contents.push_back("c" + std::to_string(number));
    unsigned returned = 0;
    bool answered = false;
    link->ask(link->new_request(), verb::head, {}, [&](const answer&) { answered = true; });
    for (const std::string& content : contents)
        boost::asio::co_spawn(
            bus.io,
            puts->put(content, 0, std::string(large, 'x')),
            [&](const std::exception_ptr&, error_code) {
                EXPECT_FALSE(answered);
                ++returned;
            });
    bus.run_until([&] { return returned == contents.size() && answered; });
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
