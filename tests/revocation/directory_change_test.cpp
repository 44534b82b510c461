#include "mail/event_json.hpp"
#include "revocation/directory_change.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

using mail::test::mailbox;
using revocation::differences;
using revocation::is_empty;

namespace {

class directory_change_test : public testing::Test {
protected:
    directory_change_test()
    {
        held.actor = "admin";
        held.organisation = mail::organisation_entry{"Contoso", false, 0};
        held.domains = {
            {"fabrikam.com", mail::identity_type::office365, mail::client_type::outlook}};
        held.recipients = {
            {mailbox("bob@outlook.com"), mail::identity_type::microsoft_account, {}, {}}};
        told.tell(held);
    }

    mail::test::story told;
    mail::directory_changed held;
};

TEST_F(directory_change_test, what_stands_there_already_is_no_change)
{
    EXPECT_TRUE(is_empty(differences(held, told.ledger)));
}

TEST_F(directory_change_test, only_what_differs_is_left)
{
    auto wanted = held;
    wanted.domains.push_back({"contoso.com", mail::identity_type::office365});
    wanted.recipients[0].reads_gcm = true;
    const auto change = differences(wanted, told.ledger);
    EXPECT_FALSE(change.organisation);
    ASSERT_EQ(change.domains.size(), 1u);
    EXPECT_EQ(change.domains[0].domain, "contoso.com");
    EXPECT_EQ(change.recipients.size(), 1u);
}

TEST_F(directory_change_test, a_removal_counts_only_for_what_is_there)
{
    mail::directory_changed wanted;
    wanted.domains = {{"nowhere.example"}, {"fabrikam.com"}};
    for (auto& each : wanted.domains)
        each.removed = true;
    const auto change = differences(wanted, told.ledger);
    ASSERT_EQ(change.domains.size(), 1u);
    EXPECT_EQ(change.domains[0].domain, "fabrikam.com");
}

TEST_F(directory_change_test, a_small_change_is_one_event)
{
    const auto parts = revocation::cut(held);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_TRUE(parts[0].organisation);
    EXPECT_EQ(parts[0].actor, "admin");
}

TEST_F(directory_change_test, no_change_is_no_event)
{
    EXPECT_TRUE(revocation::cut({}).empty());
}

TEST_F(directory_change_test, a_large_change_is_cut_so_that_each_event_fits_the_bus)
{
    mail::directory_changed large;
    large.actor = "admin";
    for (int number = 0; number < 1000; ++number) {
        mail::recipient_entry entry;
        entry.mailbox = mailbox("user" + std::to_string(number) + "@example.org");
        for (int line = 0; line < 60; ++line)
            entry.certificate += std::string(64, 'A') + "\n";
        large.recipients.push_back(entry);
    }
    std::size_t entries = 0;
    for (auto& part : revocation::cut(large)) {
        entries += part.recipients.size();
        EXPECT_EQ(part.actor, "admin");
        const mail::event fact{{"id"}, "/revocation", std::move(part)};
        EXPECT_LT(mail::to_json(fact).size(), 1024u * 1024);
    }
    EXPECT_EQ(entries, 1000u);
}

} // namespace
