#include "mail/ledger.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>

namespace mail {
namespace {

using test::mailbox;
using test::story;

TEST(ledger_directory, starts_empty_and_without_force)
{
    const mail::ledger ledger;
    EXPECT_FALSE(ledger.organisation().force_link);
    EXPECT_EQ(ledger.organisation().expiry_seconds, 0);
    EXPECT_EQ(ledger.find_domain("gmail.com"), nullptr);
    EXPECT_EQ(ledger.find_recipient(mailbox("bob@gmail.com")), nullptr);
}

TEST(ledger_directory, replaces_entries_of_the_same_key_and_keeps_the_others)
{
    story s;
    s.tell(directory_changed{
        organisation_entry{"Contoso", false, 0},
        {{"gmail.com", identity_type::google, client_type::other, false},
         {"Outlook.com", identity_type::microsoft_account, client_type::outlook, false}},
        {{mailbox("bob@gmail.com"), identity_type::google, client_type::other, "PEM", true, false}},
        "root"});
    s.tell(directory_changed{
        {}, {{"GMAIL.com", identity_type::other, client_type::other, false}}, {}, "root"});
    EXPECT_EQ(s.ledger.organisation().name, "Contoso");
    EXPECT_EQ(s.ledger.find_domain("gmail.COM")->identity, identity_type::other);
    EXPECT_EQ(s.ledger.find_domain("outlook.com")->client, client_type::outlook);
    EXPECT_EQ(s.ledger.domains().size(), 2U);
    EXPECT_TRUE(s.ledger.find_recipient(mailbox("BOB@gmail.com"))->reads_gcm);
}

TEST(ledger_directory, removes_entries_and_takes_the_last_organisation)
{
    story s;
    s.tell(directory_changed{
        organisation_entry{"A", false, 0},
        {{"gmail.com", identity_type::google, client_type::other, false}},
        {{mailbox("bob@gmail.com"), identity_type::google, client_type::other, "", false, false}},
        ""});
    s.tell(directory_changed{
        organisation_entry{"B", true, 60},
        {{"gmail.com", {}, {}, true}, {"never.example", {}, {}, true}},
        {{mailbox("Bob@Gmail.com"), {}, {}, "", false, true}},
        ""});
    EXPECT_TRUE(s.ledger.domains().empty());
    EXPECT_TRUE(s.ledger.directory_recipients().empty());
    EXPECT_EQ(s.ledger.organisation().name, "B");
    EXPECT_TRUE(s.ledger.organisation().force_link);
    EXPECT_EQ(s.ledger.organisation().expiry_seconds, 60);
}

} // namespace
} // namespace mail
