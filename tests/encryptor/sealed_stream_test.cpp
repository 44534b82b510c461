#include "encryptor/sealed_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace encryptor {
namespace {

const std::string content = "0192f3a4-0000-7000-8000-000000000001";

std::vector<std::string> sealed(const secret& key, std::string_view plain, std::size_t step = 5000)
{
    stream_sealer sealer(key, content);
    std::vector<std::string> chunks;
    for (; !plain.empty(); plain.remove_prefix(std::min(step, plain.size()))) {
        for (std::string& chunk : sealer.push(plain.substr(0, step))) {
            chunks.push_back(std::move(chunk));
        }
    }
    chunks.push_back(sealer.finish());
    return chunks;
}

/// Everything that opens; nullopt when a chunk is refused.
std::optional<std::string> opened(stream_opener& opener, const std::vector<std::string>& chunks)
{
    std::string plain;
    for (const std::string& chunk : chunks) {
        const std::optional<std::string> part = opener.open(chunk);
        if (!part) {
            return std::nullopt;
        }
        plain += *part;
    }
    return plain;
}

std::string text_of(std::size_t size)
{
    std::string text(size, '\0');
    for (std::size_t n = 0; n < size; ++n) {
        text[n] = static_cast<char>(n * 31 + n / 251);
    }
    return text;
}

class sealed_stream : public ::testing::Test {
protected:
    secret key = secret::random(32);
    stream_opener opener{key, content};
};

class sealed_sizes : public ::testing::TestWithParam<std::size_t> {};

TEST_P(sealed_sizes, come_back_byte_for_byte_however_they_arrived)
{
    const secret key = secret::random(32);
    const std::string plain = text_of(GetParam());
    for (const std::size_t step : {1'000ul, sealed_chunk, 3 * sealed_chunk + 1}) {
        stream_opener opener(key, content);
        const auto chunks = sealed(key, plain, step);
        EXPECT_EQ(chunks.size(), plain.size() / sealed_chunk + 1);
        EXPECT_EQ(opened(opener, chunks), plain);
        EXPECT_TRUE(opener.complete());
    }
}

INSTANTIATE_TEST_SUITE_P(
    around_the_chunk,
    sealed_sizes,
    ::testing::Values(
        0,
        1,
        sealed_chunk - 1,
        sealed_chunk,
        sealed_chunk + 1,
        2 * sealed_chunk,
        5 * sealed_chunk + 77));

TEST_F(sealed_stream, adds_24_octets_once_and_17_to_each_chunk)
{
    const auto chunks = sealed(key, text_of(sealed_chunk + 10));
    ASSERT_EQ(chunks.size(), 2u);
    EXPECT_EQ(chunks[0].size(), 24 + sealed_chunk + 17);
    EXPECT_EQ(chunks[1].size(), 10u + 17);
}

TEST_F(sealed_stream, never_makes_the_same_octets_twice)
{
    EXPECT_NE(sealed(key, "the same text"), sealed(key, "the same text"));
}

TEST_F(sealed_stream, refuses_each_single_changed_bit)
{
    const std::vector<std::string> good = sealed(key, "twelve bytes");
    for (std::size_t bit = 0; bit < good[0].size() * 8; ++bit) {
        std::string bad = good[0];
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        stream_opener fresh(key, content);
        EXPECT_EQ(fresh.open(bad), std::nullopt) << "bit " << bit;
        EXPECT_FALSE(fresh.complete());
    }
}

TEST_F(sealed_stream, is_not_complete_when_the_last_chunk_is_missing)
{
    auto chunks = sealed(key, text_of(2 * sealed_chunk));
    chunks.pop_back();
    EXPECT_EQ(opened(opener, chunks), text_of(2 * sealed_chunk));
    EXPECT_FALSE(opener.complete());
}

TEST_F(sealed_stream, refuses_a_chunk_cut_anywhere)
{
    const std::string good = sealed(key, "a short one")[0];
    for (std::size_t size = 0; size < good.size(); ++size) {
        stream_opener fresh(key, content);
        EXPECT_EQ(fresh.open(std::string_view{good}.substr(0, size)), std::nullopt) << size;
    }
}

TEST_F(sealed_stream, refuses_chunks_in_another_order)
{
    auto chunks = sealed(key, text_of(3 * sealed_chunk));
    std::swap(chunks[1], chunks[2]);
    EXPECT_TRUE(opener.open(chunks[0]));
    EXPECT_EQ(opener.open(chunks[1]), std::nullopt);
}

TEST_F(sealed_stream, refuses_a_chunk_left_out_or_repeated)
{
    const auto chunks = sealed(key, text_of(3 * sealed_chunk));
    EXPECT_EQ(opened(opener, {chunks[0], chunks[2], chunks[3]}), std::nullopt);
    stream_opener again(key, content);
    EXPECT_EQ(opened(again, {chunks[0], chunks[1], chunks[1]}), std::nullopt);
}

TEST_F(sealed_stream, refuses_a_chunk_of_another_content_with_the_same_key)
{
    const auto mine = sealed(key, text_of(sealed_chunk + 1));
    const auto other = sealed(key, text_of(sealed_chunk + 1));
    EXPECT_TRUE(opener.open(mine[0]));
    EXPECT_EQ(opener.open(other[1]), std::nullopt);
}

TEST_F(sealed_stream, refuses_another_context)
{
    stream_opener other(key, content + "x");
    EXPECT_EQ(other.open(sealed(key, "text")[0]), std::nullopt);
}

TEST_F(sealed_stream, refuses_another_key)
{
    stream_opener other(secret::random(32), content);
    EXPECT_EQ(other.open(sealed(key, "text")[0]), std::nullopt);
}

TEST_F(sealed_stream, refuses_everything_after_the_last_chunk)
{
    const auto chunks = sealed(key, "text");
    EXPECT_TRUE(opener.open(chunks[0]));
    EXPECT_TRUE(opener.complete());
    EXPECT_EQ(opener.open(chunks[0]), std::nullopt);
    EXPECT_FALSE(opener.complete());
}

TEST_F(sealed_stream, stays_closed_after_a_refusal)
{
    const auto chunks = sealed(key, text_of(sealed_chunk + 1));
    EXPECT_TRUE(opener.open(chunks[0]));
    EXPECT_EQ(opener.open("garbage that is long enough"), std::nullopt);
    EXPECT_EQ(opener.open(chunks[1]), std::nullopt);
}

TEST_F(sealed_stream, refuses_a_chunk_over_the_limit)
{
    EXPECT_EQ(opener.open(std::string(24 + sealed_chunk + 18, 'x')), std::nullopt);
}

TEST_F(sealed_stream, says_when_it_is_used_wrongly)
{
    EXPECT_THROW(stream_sealer(secret::random(31), content), std::invalid_argument);
    EXPECT_THROW(stream_opener(secret(), content), std::invalid_argument);
    stream_sealer sealer(key, content);
    sealer.finish();
    EXPECT_THROW(sealer.push("more"), std::logic_error);
    EXPECT_THROW(sealer.finish(), std::logic_error);
}

TEST_F(sealed_stream, can_be_moved_while_it_runs)
{
    stream_sealer first(key, content);
    EXPECT_TRUE(first.push("one ").empty());
    stream_sealer second = std::move(first);
    EXPECT_TRUE(second.push("two").empty());
    stream_opener moved = std::move(opener);
    EXPECT_EQ(moved.open(second.finish()), "one two");
}

} // namespace
} // namespace encryptor
