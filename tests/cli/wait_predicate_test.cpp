#include "cli/failure.hpp"
#include "cli/wait_predicate.hpp"

#include <gtest/gtest.h>

namespace {

using cli::parse_predicate;
using cli::wait_predicate;
using kind = wait_predicate::kind;

TEST(wait_predicate, every_form_is_read)
{
    EXPECT_EQ(
        parse_predicate("delivered to bob@outlook.com"),
        (wait_predicate{kind::delivered, "bob@outlook.com", "", 0}));
    EXPECT_EQ(
        parse_predicate("accepted from a@b.c"), (wait_predicate{kind::accepted, "a@b.c", "", 0}));
    EXPECT_EQ(parse_predicate("read by a@b.c"), (wait_predicate{kind::read, "a@b.c", "", 0}));
    EXPECT_EQ(parse_predicate("in force"), (wait_predicate{kind::in_force, "", "", 0}));
    EXPECT_EQ(
        parse_predicate("passcode for a@b.c"), (wait_predicate{kind::passcode, "a@b.c", "", 0}));
    EXPECT_EQ(parse_predicate("link for a@b.c"), (wait_predicate{kind::link, "a@b.c", "", 0}));
    EXPECT_EQ(parse_predicate("applied through 17"), (wait_predicate{kind::applied, "", "", 17}));
}

TEST(wait_predicate, a_message_can_be_named)
{
    EXPECT_EQ(
        parse_predicate("delivered to a@b.c of <x@y>"),
        (wait_predicate{kind::delivered, "a@b.c", "<x@y>", 0}));
    EXPECT_EQ(parse_predicate("in force of 0193"), (wait_predicate{kind::in_force, "", "0193", 0}));
    EXPECT_EQ(
        parse_predicate("read by a@b.c of 0193"), (wait_predicate{kind::read, "a@b.c", "0193", 0}));
    EXPECT_EQ(
        parse_predicate("link for a@b.c of 0193"),
        (wait_predicate{kind::link, "a@b.c", "0193", 0}));
}

TEST(wait_predicate, words_may_be_in_any_case_and_spacing)
{
    EXPECT_EQ(
        parse_predicate("  Delivered\tTO  a@b.c  OF <x@y> "),
        (wait_predicate{kind::delivered, "a@b.c", "<x@y>", 0}));
}

class refused_predicate : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(refused_predicate, names_what_is_wrong_and_shows_the_grammar)
{
    const auto [text, named] = GetParam();
    try {
        parse_predicate(text);
        FAIL() << text << " was read";
    } catch (const cli::failure& wrong) {
        EXPECT_EQ(wrong.code(), cli::exit_code::wrong_arguments);
        EXPECT_NE(std::string(wrong.what()).find(named), std::string::npos) << wrong.what();
        EXPECT_NE(std::string(wrong.what()).find("applied through SEQ"), std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P(
    all,
    refused_predicate,
    testing::Values(
        std::pair("", "empty"),
        std::pair("   ", "empty"),
        std::pair("delivered", "begins no predicate"),
        std::pair("delivered from a@b.c", "begins no predicate"),
        std::pair("delivered to", "the address is missing"),
        std::pair("delivered to nobody", "'nobody' is no mail address"),
        std::pair("delivered to a@b.c of", "the message's id is missing"),
        std::pair("delivered to a@b.c of x y", "'y' is too much"),
        std::pair("passcode for a@b.c of x", "'of' is too much"),
        std::pair("applied through", "the number of the event is missing"),
        std::pair("applied through x", "'x' is no number"),
        std::pair("applied through -1", "'-1' is no number"),
        std::pair("applied through 99999999999999999999", "is no number"),
        std::pair("applied through 1 2", "'2' is too much"),
        std::pair("in force for ever", "'for' is too much")));

} // namespace
