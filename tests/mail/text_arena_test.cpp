#include "mail/kept_events.hpp"
#include "mail/text_arena.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mail {
namespace {

TEST(text_arena, keeps_every_text_where_it_is_even_when_it_moves)
{
    text_arena first;
    std::vector<std::pair<std::string, std::string_view>> kept;
    for (std::size_t size = 0; size < 40'000; size = size * 3 / 2 + 1) {
        for (int copy = 0; copy < 20; ++copy) {
            std::string text(size, static_cast<char>('a' + copy));
            const std::string_view where = first.keep(text);
            kept.emplace_back(std::move(text), where);
        }
    }
    const text_arena moved = std::move(first);
    for (const auto& [text, where] : kept) {
        EXPECT_EQ(where, text);
        EXPECT_TRUE(text.empty() || where.data() != text.data());
    }
}

TEST(text_arena, finds_again_what_was_kept_lately_and_never_takes_another_for_it)
{
    text_arena arena;
    const std::string_view rule = arena.keep_shared("directory");
    EXPECT_EQ(arena.keep_shared(std::string("directory")).data(), rule.data());
    EXPECT_NE(arena.keep("directory").data(), rule.data());
    EXPECT_TRUE(arena.keep_shared("").empty());
    for (int i = 0; i < 5000; ++i) {
        const std::string text = "12345678 " + std::to_string(i) + " 12345678";
        EXPECT_EQ(arena.keep_shared(text), text) << "whatever stood in its place";
    }
    EXPECT_EQ(arena.keep_shared("directory"), "directory");
}

TEST(kept_address, is_the_mailbox_that_it_was_made_of)
{
    const address written = address::parse("Carol.X@gmail.com").value();
    const kept_address kept(written);
    EXPECT_EQ(kept.text(), "Carol.X@gmail.com");
    EXPECT_EQ(kept.key(), "carol.x@gmail.com");
    EXPECT_TRUE(kept == address::parse("carol.x@gmail.com").value());
    EXPECT_FALSE(kept == kept_address(address::parse("bob@gmail.com").value()));
    EXPECT_EQ(address(kept).text(), written.text());
    EXPECT_TRUE(kept_address(address()).is_null());
    EXPECT_TRUE(address(kept_address()).is_null());
}

} // namespace
} // namespace mail
