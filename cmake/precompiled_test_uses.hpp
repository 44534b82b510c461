#pragma once

#include "cmake/precompiled_uses.hpp"

#include <gtest/gtest.h>

/// As in precompiled_uses.hpp, for what tests compare and print.
namespace precompiled_uses {

inline void of_gtest(
    const std::string& text,
    std::string_view view,
    const nlohmann::json& document,
    const std::vector<std::string>& texts,
    const boost::system::error_code& error,
    const std::optional<std::string>& perhaps)
{
    EXPECT_TRUE(text.empty()) << text << view << 1 << std::uint64_t{1} << document.dump();
    EXPECT_EQ(text, text);
    EXPECT_EQ(text, view);
    EXPECT_EQ(view, text);
    EXPECT_EQ(view, view);
    EXPECT_EQ(text, "text");
    EXPECT_EQ(view, "text");
    EXPECT_NE(text, text);
    EXPECT_NE(text, "text");
    EXPECT_EQ(texts, texts);
    EXPECT_EQ(error, error);
    EXPECT_EQ(perhaps, perhaps);
    EXPECT_EQ(perhaps, "text");
    EXPECT_EQ(perhaps, std::nullopt);
    EXPECT_EQ(document, document);
    EXPECT_EQ(document, text);
    EXPECT_EQ(document, "text");
    EXPECT_EQ(document, 1);
    EXPECT_EQ(document, true);
    EXPECT_EQ(document["name"], "text");
    EXPECT_EQ(true, false);
    EXPECT_EQ(1, 1);
    EXPECT_EQ(1u, 1);
    EXPECT_EQ(1u, 1u);
    EXPECT_EQ(std::uint64_t{1}, 1);
    EXPECT_EQ(std::uint64_t{1}, 1u);
    EXPECT_EQ(std::uint64_t{1}, std::uint64_t{1});
    EXPECT_EQ(std::int64_t{1}, 1);
    EXPECT_EQ(std::int64_t{1}, std::int64_t{1});
    EXPECT_GT(std::uint64_t{1}, 1u);
    EXPECT_LT(std::uint64_t{1}, 1u);
}

} // namespace precompiled_uses
