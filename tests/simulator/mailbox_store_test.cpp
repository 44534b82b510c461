#include "simulator/mailboxes/mailbox_store.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

using simulator::mailbox_store;

namespace {

mail::address mailbox(std::string_view text)
{
    return mail::address::parse(text).value();
}

class mailbox_store_test : public testing::Test {
protected:
    mailbox_store_test() { reopen(); }
    void reopen()
    {
        store.reset();
        store.emplace(folder.path() / "mailboxes.db");
    }
    void keep(const std::string& recipient, const std::string& octets = "x")
    {
        store->keep({mailbox(recipient)}, mailbox("ann@contoso.com"), 1000, octets);
    }

    static std::vector<simulator::stored_mail> messages(
        const mailbox_store& from, std::string_view of, std::int64_t after, std::size_t limit)
    {
        std::vector<simulator::stored_mail> all;
        for (const std::int64_t id : from.page(of, {.after = after, .most = limit}).ids)
            all.push_back(from.find(of, id).value());
        return all;
    }

    test_folder folder;
    std::optional<mailbox_store> store;
};

TEST_F(mailbox_store_test, each_recipient_gets_a_copy_with_every_octet)
{
    const std::string octets("a\0\r\n\xff", 5);
    store->keep({mailbox("a@x.example"), mailbox("B@x.example")}, {}, 7, octets);
    const auto mails = messages(*store, "b@x.example", 0, 10);
    ASSERT_EQ(mails.size(), 1u);
    EXPECT_EQ(mails[0].octets, octets);
    EXPECT_EQ(mails[0].sender, "");
    EXPECT_EQ(mails[0].received_at, 7);
    EXPECT_EQ(messages(*store, "a@x.example", 0, 10).size(), 1u);
}

TEST_F(mailbox_store_test, a_page_says_whether_older_ones_follow)
{
    using ids = std::vector<std::int64_t>;
    for (int kept = 0; kept < 4; ++kept)
        keep("a@x.example");
    keep("b@x.example");
    const auto newest = store->page("a@x.example", {.most = 2});
    EXPECT_EQ(newest.ids, (ids{4, 3}));
    EXPECT_TRUE(newest.older);
    EXPECT_TRUE(store->page("a@x.example", {.before = 3, .most = 1}).older);
    EXPECT_FALSE(store->page("a@x.example", {.after = 1, .before = 3, .most = 1}).older);
    const auto oldest = store->page("a@x.example", {.before = 2, .most = 1});
    EXPECT_EQ(oldest.ids, ids{1});
    EXPECT_FALSE(oldest.older);
}

TEST_F(mailbox_store_test, what_was_kept_is_there_after_reopening)
{
    keep("a@x.example", "kept");
    reopen();
    ASSERT_EQ(store->mailboxes().size(), 1u);
    EXPECT_EQ(messages(*store, "a@x.example", 0, 1).at(0).octets, "kept");
}

TEST_F(mailbox_store_test, what_was_kept_is_in_the_file_while_the_writer_still_lives)
{
    keep("a@x.example", "kept");
    mailbox_store another{folder.path() / "mailboxes.db"};
    EXPECT_EQ(messages(another, "a@x.example", 0, 1).at(0).octets, "kept");
}

TEST_F(mailbox_store_test, ids_are_never_given_twice)
{
    keep("a@x.example");
    const auto first = messages(*store, "a@x.example", 0, 1).at(0).id;
    EXPECT_TRUE(store->erase("a@x.example", first));
    reopen();
    keep("a@x.example");
    EXPECT_GT(messages(*store, "a@x.example", 0, 1).at(0).id, first);
}

TEST_F(mailbox_store_test, newer_mail_is_known_by_its_id)
{
    keep("a@x.example");
    const auto id = messages(*store, "a@x.example", 0, 1).at(0).id;
    EXPECT_TRUE(store->has_newer("a@x.example", 0));
    EXPECT_FALSE(store->has_newer("a@x.example", id));
    keep("b@x.example");
    EXPECT_FALSE(store->has_newer("a@x.example", id));
}

TEST_F(mailbox_store_test, a_mail_belongs_to_its_mailbox_alone)
{
    keep("a@x.example");
    const auto id = messages(*store, "a@x.example", 0, 1).at(0).id;
    EXPECT_TRUE(store->find("a@x.example", id));
    EXPECT_FALSE(store->find("b@x.example", id));
    EXPECT_FALSE(store->erase("b@x.example", id));
}

TEST_F(mailbox_store_test, an_emptied_mailbox_is_listed_no_more)
{
    keep("a@x.example");
    keep("b@x.example");
    store->erase_all("a@x.example");
    ASSERT_EQ(store->mailboxes().size(), 1u);
    EXPECT_EQ(store->mailboxes()[0].address, "b@x.example");
}

TEST_F(mailbox_store_test, names_are_values_and_never_sql)
{
    EXPECT_TRUE(messages(*store, "' OR 1=1 --", 0, 10).empty());
    store->erase_all("'; DROP TABLE mail; --");
    keep("a@x.example");
    EXPECT_EQ(store->mailboxes().size(), 1u);
}

TEST_F(mailbox_store_test, a_file_that_is_no_database_is_named)
{
    const auto file = folder.write("garbage.db", std::string(5000, 'x'));
    EXPECT_THROW(mailbox_store{file}, simulator::database_error);
    EXPECT_THROW(mailbox_store{folder.path() / "no" / "such" / "folder.db"}, std::runtime_error);
}

} // namespace
