#include "cli/cmdlet_parser.hpp"

#include <gtest/gtest.h>

namespace {

using cli::cmdlet_argument;
using cli::cmdlet_call;
using cli::cmdlet_error;
using cli::parse_cmdlets;

cmdlet_call only(std::string_view text)
{
    const auto pipelines = parse_cmdlets(text);
    EXPECT_EQ(pipelines.size(), 1u);
    EXPECT_EQ(pipelines.at(0).size(), 1u);
    return pipelines.at(0).at(0);
}

TEST(cmdlet_parser, the_documented_commands_are_read)
{
    EXPECT_EQ(
        only("Set-OMEMessageRevocation -Revoke $true -MessageId \"<4f1d@contoso.com>\""),
        (cmdlet_call{
            "Set-OMEMessageRevocation",
            {{"Revoke", {"$true"}}, {"MessageId", {"<4f1d@contoso.com>"}}}}));

    const auto pipelines = parse_cmdlets(
        "Get-OMEMessageStatus -MessageId \"<4f1d@contoso.com>\" | ft -a Subject, IsRevocable");
    ASSERT_EQ(pipelines.size(), 1u);
    ASSERT_EQ(pipelines[0].size(), 2u);
    EXPECT_EQ(pipelines[0][1], (cmdlet_call{"ft", {{"a", {"Subject", "IsRevocable"}}}}));
}

TEST(cmdlet_parser, commands_are_separated_by_semicolons_and_lines)
{
    EXPECT_EQ(parse_cmdlets("a; b\nc;;\n\n").size(), 3u);
    EXPECT_TRUE(parse_cmdlets(" ; \n # only a comment; not a command\n").empty());
}

TEST(cmdlet_parser, quotes_keep_what_they_hold)
{
    EXPECT_EQ(
        only("x -P 'a; b | c, d #e'").arguments,
        (std::vector<cmdlet_argument>{{"P", {"a; b | c, d #e"}}}));
    EXPECT_EQ(only("x 'it''s'").arguments, (std::vector<cmdlet_argument>{{"", {"it's"}}}));
    EXPECT_EQ(
        only("x \"a \"\"b\"\" `\"c`\" $d\"").arguments,
        (std::vector<cmdlet_argument>{{"", {"a \"b\" \"c\" $d"}}}));
    EXPECT_EQ(only("x ''").arguments, (std::vector<cmdlet_argument>{{"", {""}}}));
}

TEST(cmdlet_parser, a_colon_a_backtick_and_a_comment_mean_what_they_mean_in_powershell)
{
    EXPECT_EQ(
        only("x -Revoke:$false").arguments, (std::vector<cmdlet_argument>{{"Revoke", {"$false"}}}));
    EXPECT_EQ(
        only("x -A 1 `\n  -B 2 # the rest").arguments,
        (std::vector<cmdlet_argument>{{"A", {"1"}}, {"B", {"2"}}}));
}

class refused_cmdlet : public testing::TestWithParam<const char*> {};

TEST_P(refused_cmdlet, is_an_error)
{
    EXPECT_THROW(parse_cmdlets(GetParam()), cmdlet_error);
}

INSTANTIATE_TEST_SUITE_P(
    all,
    refused_cmdlet,
    testing::Values(
        "x 'open",
        "x \"open",
        "x |",
        "| x",
        "x | | y",
        "x a,",
        "x ,a",
        "x a, -P",
        "-P x",
        "x |; y"));

const std::vector<cli::cmdlet_parameter> parameters = {
    {.name = "MessageId", .mandatory = true, .by_position = true},
    {.name = "Revoke"},
    {.name = "Recipient"},
    {.name = "Verbose", .is_switch = true},
};

std::string refusal(std::string_view text)
{
    try {
        cli::bind_arguments(only(text), "Test-It", parameters);
    } catch (const cmdlet_error& wrong) {
        return wrong.what();
    }
    return "none";
}

TEST(cmdlet_binding, names_are_matched_in_any_case_and_by_their_beginning)
{
    const auto bound =
        cli::bind_arguments(only("x -messageID a -Rev $true -v"), "Test-It", parameters);
    EXPECT_EQ(*bound.text("MessageId"), "a");
    EXPECT_EQ(*bound.text("Revoke"), "$true");
    EXPECT_TRUE(bound.has("Verbose"));
    EXPECT_FALSE(bound.has("Recipient"));
}

TEST(cmdlet_binding, a_switch_leaves_the_next_word_to_the_position)
{
    const auto bound = cli::bind_arguments(only("x -v a"), "Test-It", parameters);
    EXPECT_EQ(*bound.text("MessageId"), "a");
}

TEST(cmdlet_binding, refusals_are_worded_as_in_powershell)
{
    EXPECT_EQ(
        refusal("x -Foo 1"),
        "Test-It : A parameter cannot be found that matches parameter name 'Foo'.");
    EXPECT_EQ(
        refusal("x -Re 1"),
        "Test-It : Parameter cannot be processed because the parameter name 'Re' is ambiguous.");
    EXPECT_EQ(refusal("x -MessageId"), "Test-It : Missing an argument for parameter 'MessageId'.");
    EXPECT_EQ(
        refusal("x -Revoke $true"),
        "Test-It : Cannot process command because of one or more missing mandatory parameters: "
        "MessageId.");
    EXPECT_EQ(
        refusal("x -MessageId a -MessageId b"),
        "Test-It : Cannot bind parameter because parameter 'MessageId' is specified more than "
        "once.");
    EXPECT_EQ(
        refusal("x -MessageId a b"),
        "Test-It : A positional parameter cannot be found that accepts argument 'b'.");
}

TEST(cmdlet_binding, booleans_are_true_false_one_and_zero)
{
    EXPECT_TRUE(cli::parse_boolean("x", "Revoke", "$TRUE"));
    EXPECT_TRUE(cli::parse_boolean("x", "Revoke", "1"));
    EXPECT_FALSE(cli::parse_boolean("x", "Revoke", "$false"));
    EXPECT_FALSE(cli::parse_boolean("x", "Revoke", "0"));
    EXPECT_THROW(cli::parse_boolean("x", "Revoke", "true"), cmdlet_error);
    EXPECT_THROW(cli::parse_boolean("x", "Revoke", ""), cmdlet_error);
}

} // namespace
