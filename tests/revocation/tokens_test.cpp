#include "revocation/tokens.hpp"

#include <gtest/gtest.h>

using revocation::bearer_token;
using revocation::token_table;

namespace {

// SHA-256 of "open sesame".
constexpr const char* sesame = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb";

token_table parse(const std::string& text)
{
    std::vector<std::string> faults;
    auto table = token_table::parse(text, faults);
    EXPECT_TRUE(faults.empty()) << faults.front();
    return table;
}

std::vector<std::string> faults_of(const std::string& text)
{
    std::vector<std::string> faults;
    token_table::parse(text, faults);
    return faults;
}

TEST(tokens, a_token_is_known_by_its_hash_alone)
{
    const auto table = parse(std::string{sesame} + " administrator Ali Baba\n");
    const auto* holder = table.find("open sesame");
    ASSERT_NE(holder, nullptr);
    EXPECT_EQ(holder->name, "Ali Baba");
    EXPECT_TRUE(holder->may_change());
    EXPECT_EQ(table.find("open barley"), nullptr);
    EXPECT_EQ(table.find(sesame), nullptr) << "the hash itself must open nothing";
}

TEST(tokens, an_auditor_may_change_nothing)
{
    const auto table = parse(std::string{sesame} + " auditor Cassim");
    EXPECT_FALSE(table.find("open sesame")->may_change());
}

TEST(tokens, comments_empty_lines_and_carriage_returns_are_no_fault)
{
    const auto table = parse("# who may\r\n\r\n" + std::string{sesame} + "\tauditor\tCassim\r\n");
    EXPECT_NE(table.find("open sesame"), nullptr);
}

TEST(tokens, an_empty_or_enormous_token_is_nobodys)
{
    const auto table = parse(std::string{sesame} + " auditor Cassim");
    EXPECT_EQ(table.find(""), nullptr);
    EXPECT_EQ(table.find(std::string(100'000, 'a')), nullptr);
}

TEST(tokens, every_fault_is_named_with_its_line_and_without_its_content)
{
    const auto faults = faults_of(
        "secret-token administrator x\n" + std::string{sesame} + " king y\n" + std::string{sesame} +
        " auditor\n");
    ASSERT_EQ(faults.size(), 3u);
    EXPECT_TRUE(faults[0].starts_with("line 1: ")) << faults[0];
    EXPECT_TRUE(faults[1].starts_with("line 2: ")) << faults[1];
    EXPECT_TRUE(faults[2].starts_with("line 3: ")) << faults[2];
    for (const auto& each : faults)
        EXPECT_EQ(each.find("secret-token"), std::string::npos);
}

TEST(tokens, a_file_without_tokens_is_a_fault)
{
    EXPECT_EQ(faults_of("").size(), 1u);
    EXPECT_EQ(faults_of("# nobody\n").size(), 1u);
}

TEST(tokens, a_hash_of_the_wrong_length_is_a_fault)
{
    EXPECT_EQ(faults_of(std::string{sesame}.substr(2) + " auditor x").size(), 1u);
    EXPECT_EQ(faults_of(std::string{sesame} + "00 auditor x").size(), 1u);
}

TEST(bearer, the_scheme_is_read_in_any_case)
{
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("bearer   abc "), "abc");
    EXPECT_EQ(bearer_token("BEARER abc"), "abc");
}

TEST(bearer, anything_else_is_no_token)
{
    EXPECT_EQ(bearer_token(""), "");
    EXPECT_EQ(bearer_token("Bearer"), "");
    EXPECT_EQ(bearer_token("Bearer "), "");
    EXPECT_EQ(bearer_token("Basic YWxpOmJhYmE="), "");
    EXPECT_EQ(bearer_token("abc"), "");
}

} // namespace
