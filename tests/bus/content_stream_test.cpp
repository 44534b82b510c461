#include "bus/content_stream.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

namespace bus {
namespace {

class a_content_stream : public testing::Test {
protected:
    void store(const std::string& content, std::uint32_t chunks)
    {
        client& writer = bus.connect();
        for (std::uint32_t index = 0; index < chunks; ++index)
            ASSERT_FALSE(bus.run(writer.put_chunk(content, index, std::to_string(index))));
        append_batch batch = test::batch_of({test::make_event("names-" + content)});
        batch.contents = {content};
        ASSERT_FALSE(bus.run(writer.append(batch)).error);
    }

    test::running_bus bus;
};

TEST_F(a_content_stream, gives_every_chunk_in_order_however_many_are_on_the_way)
{
    store("c", 100);
    const chunk_source chunks = bus.connect().read_content("c");
    for (std::uint32_t index = 0; index < 100; ++index)
        EXPECT_EQ(bus.run(chunks()).value, std::to_string(index));
    EXPECT_EQ(bus.run(chunks()).error, errc::not_found);
    EXPECT_EQ(bus.run(chunks()).error, errc::not_found) << "it stays at its end";
}

TEST_F(a_content_stream, keeps_streams_of_one_content_apart)
{
    store("c", 30);
    client& reader = bus.connect();
    const chunk_source first = reader.read_content("c");
    const chunk_source second = reader.read_content("c");
    for (std::uint32_t index = 0; index < 10; ++index)
        EXPECT_EQ(bus.run(first()).value, std::to_string(index));
    for (std::uint32_t index = 0; index < 30; ++index)
        EXPECT_EQ(bus.run(second()).value, std::to_string(index));
    EXPECT_EQ(bus.run(first()).value, "10");
}

TEST_F(a_content_stream, may_go_away_while_chunks_are_on_their_way)
{
    store("c", 30);
    client& reader = bus.connect();
    {
        const chunk_source chunks = reader.read_content("c");
        for (std::uint32_t index = 0; index < 10; ++index)
            EXPECT_EQ(bus.run(chunks()).value, std::to_string(index));
    }
    EXPECT_FALSE(bus.run(reader.head()).error);
}

TEST_F(a_content_stream, fails_for_good_with_its_connection)
{
    store("c", 30);
    client& reader = bus.connect();
    const chunk_source chunks = reader.read_content("c");
    EXPECT_EQ(bus.run(chunks()).value, "0");
    bus.restart();
    bus.run_until([&] { return !reader.connected(); });
    EXPECT_EQ(bus.run(chunks()).error, errc::unavailable);
    bus.run(reader.ready());
    EXPECT_EQ(bus.run(chunks()).error, errc::unavailable);
    EXPECT_EQ(bus.run(reader.read_content("c")()).value, "0");
}

} // namespace
} // namespace bus
