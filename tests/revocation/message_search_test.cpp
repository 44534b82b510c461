#include "revocation/message_search.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

using revocation::message_search;
using revocation::search;

namespace {

class message_search_test : public testing::Test {
protected:
    message_search_test()
    {
        told.accept({"carol@gmail.com"});
        told.accept({"dave@example.org"}, {"alice@fabrikam.com"}, 60, {"second"});
        told.accept({"Carol@Gmail.com"}, {}, 0, {"third"});
    }
    std::vector<std::string> found(const message_search& wanted)
    {
        std::vector<std::string> ids;
        for (const auto* each : search(told.ledger, wanted).messages)
            ids.emplace_back(each->accepted.message.text);
        return ids;
    }
    static message_search by(std::string message_search::*field, std::string value)
    {
        message_search wanted;
        wanted.*field = std::move(value);
        return wanted;
    }

    mail::test::story told;
    const std::string first = mail::test::first_message.text;
};
using ids = std::vector<std::string>;

TEST_F(message_search_test, everything_is_found_newest_first)
{
    EXPECT_EQ(found({}), (ids{"third", "second", first}));
}

TEST_F(message_search_test, addresses_compare_in_any_case)
{
    EXPECT_EQ(found(by(&message_search::recipient, "CAROL@gmail.com")), (ids{"third", first}));
    EXPECT_EQ(found(by(&message_search::sender, "Alice@Example.com")).size(), 3u);
    EXPECT_TRUE(found(by(&message_search::sender, "nobody@example.com")).empty());
}

TEST_F(message_search_test, a_message_id_may_come_without_its_brackets)
{
    EXPECT_EQ(found(by(&message_search::message_id, "1@example.com")).size(), 3u);
    EXPECT_EQ(found(by(&message_search::message_id, "<1@example.com>")).size(), 3u);
    EXPECT_TRUE(found(by(&message_search::message_id, "<2@example.com>")).empty());
}

TEST_F(message_search_test, status_means_some_recipient)
{
    told.deliver("carol@gmail.com");
    EXPECT_EQ(found(by(&message_search::status, "delivered")), ids{first});
    told.revoke();
    EXPECT_EQ(found(by(&message_search::status, "revoked")), ids{first});
    told.wait(60);
    told.tell(mail::unknown_event{"tick"});
    EXPECT_EQ(found(by(&message_search::status, "expired")), ids{"second"});
}

TEST_F(message_search_test, pages_follow_one_another_without_a_gap)
{
    message_search wanted;
    wanted.limit = 2;
    const auto page = search(told.ledger, wanted);
    EXPECT_EQ(found(wanted), (ids{"third", "second"}));
    ASSERT_TRUE(page.next);
    wanted.before = *page.next;
    EXPECT_EQ(found(wanted), ids{first});
    EXPECT_FALSE(search(told.ledger, wanted).next);
}

TEST_F(message_search_test, a_page_that_is_just_full_is_the_last)
{
    message_search wanted;
    wanted.limit = 3;
    EXPECT_FALSE(search(told.ledger, wanted).next);
}

TEST_F(message_search_test, an_id_is_a_network_message_id_or_a_message_id)
{
    using revocation::resolve;
    EXPECT_EQ(resolve(told.ledger, "second").size(), 1u);
    EXPECT_EQ(resolve(told.ledger, "<1@example.com>").size(), 3u);
    EXPECT_EQ(resolve(told.ledger, "1@example.com").front().text, first);
    EXPECT_TRUE(resolve(told.ledger, "<nothing@example.com>").empty());
    EXPECT_TRUE(resolve(told.ledger, "").empty());
}

TEST_F(message_search_test, known_words_of_status_are_searchable)
{
    EXPECT_TRUE(revocation::is_searchable_status("withheld"));
    EXPECT_FALSE(revocation::is_searchable_status("lost"));
}

} // namespace
