#include "mail/address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mail {
namespace {

TEST(address, keeps_the_local_part_as_written_and_lowers_the_domain)
{
    const auto bob = address::parse("Bob.Builder@Example.ORG");
    ASSERT_TRUE(bob);
    EXPECT_EQ(bob->text(), "Bob.Builder@example.org");
    EXPECT_EQ(bob->local_part(), "Bob.Builder");
    EXPECT_EQ(bob->domain(), "example.org");
    EXPECT_EQ(bob->key(), "bob.builder@example.org");
}

TEST(address, is_the_same_mailbox_in_any_case)
{
    EXPECT_EQ(address::parse("BOB@example.org"), address::parse("bob@EXAMPLE.org"));
    EXPECT_NE(address::parse("bob@example.org"), address::parse("rob@example.org"));
}

TEST(address, is_the_same_mailbox_with_quotes_that_need_not_be_there)
{
    EXPECT_EQ(address::parse("\"bob\"@example.org"), address::parse("bob@example.org"));
    EXPECT_EQ(address::parse("\"b\\ob\"@example.org"), address::parse("bob@example.org"));
    EXPECT_NE(address::parse("\"bob \"@example.org"), address::parse("bob@example.org"));
    EXPECT_EQ(address::parse("\"bob\"@example.org")->text(), "\"bob\"@example.org");
}

TEST(address, without_text_is_the_null_reverse_path)
{
    EXPECT_TRUE(address().is_null());
    EXPECT_EQ(address().local_part(), "");
    EXPECT_EQ(address().domain(), "");
    EXPECT_FALSE(address::parse(""));
}

class good_address : public testing::TestWithParam<std::string> {};

TEST_P(good_address, is_read)
{
    EXPECT_TRUE(address::parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    grammar,
    good_address,
    testing::Values(
        "a@b",
        "a.b.c@example.com",
        "user+tag@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "\"john smith\"@example.com",
        "\"a@b\"@example.com",
        "\"a\\\"b\"@example.com",
        "\"a\\\\\"@example.com",
        "a@xn--bcher-kva.example",
        "a@1.2.3.example",
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
        std::string(64, 'a') + "@example.com",
        "a@" + std::string(63, 'b') + ".example"));

class bad_address : public testing::TestWithParam<std::string> {};

TEST_P(bad_address, is_refused)
{
    EXPECT_FALSE(address::parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    grammar,
    bad_address,
    testing::Values(
        "bob",
        "@example.com",
        "bob@",
        "<bob@example.com>",
        "bob @example.com",
        "bob@exam ple.com",
        ".bob@example.com",
        "bob.@example.com",
        "b..ob@example.com",
        "bob@@example.com",
        "bob@example..com",
        "bob@.example.com",
        "bob@example.com.",
        "bob@-example.com",
        "bob@example-.com",
        "bob@exa_mple.com",
        "\"bob@example.com",
        "\"\"@example.com",
        "\"a\"b\"@example.com",
        "\"a\\\"@example.com",
        "\"a\\\\\"b\"@example.com",
        "b\"o\"b@example.com",
        "bob@[1.2.3]",
        "bob@[1.2.3.256]",
        "bob@[1.2.3.4",
        "bob@[]",
        "bob@[IPv6:xyz]",
        "b\xC3\xB6"
        "b@example.com",
        "bob@ex\xC3\xA4mple.com",
        std::string("bob\0@example.com", 16),
        "bob\r\n@example.com",
        "\"bob\r\n\"@example.com",
        std::string(65, 'a') + "@example.com",
        "a@" + std::string(64, 'b') + ".example",
        "a@" + std::string(250, 'b') + ".example"));

TEST(address, longer_than_a_domain_may_be_is_refused)
{
    std::string domain = "b";
    while (domain.size() + 2 <= 255)
        domain += ".b";
    ASSERT_EQ(domain.size(), 255U);
    EXPECT_TRUE(address::parse("a@" + domain));
    EXPECT_FALSE(address::parse("a@b" + domain));
}

} // namespace
} // namespace mail
