#include "gateway/directory.hpp"
#include "tests/gateway/box.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway {
namespace {

using mail::client_type;
using mail::identity_type;
using tests::box;

class directory : public testing::Test {
protected:
    void change(mail::directory_changed fact)
    {
        fact.actor = "test";
        ledger.apply(ledger.applied() + 1, 1000, {{"event"}, "/revocation", std::move(fact)});
    }
    mail::ledger ledger;
};

TEST_F(directory, knows_the_well_known_domains)
{
    for (const auto* text : {"a@outlook.com", "a@hotmail.com", "a@live.com", "a@MSN.com"}) {
        EXPECT_EQ(look_up(ledger, box(text)).identity, identity_type::microsoft_account) << text;
        EXPECT_EQ(look_up(ledger, box(text)).client, client_type::outlook) << text;
    }
    EXPECT_EQ(look_up(ledger, box("a@gmail.com")).identity, identity_type::google);
    EXPECT_EQ(look_up(ledger, box("a@googlemail.com")).identity, identity_type::google);
    EXPECT_EQ(look_up(ledger, box("a@yahoo.co.uk")).identity, identity_type::yahoo);
    EXPECT_EQ(look_up(ledger, box("a@notyahoo.com")).identity, identity_type::other);
    EXPECT_EQ(look_up(ledger, box("a@outlook.com.evil.org")).identity, identity_type::other);
}

TEST_F(directory, an_entry_of_the_recipient_goes_before_one_of_the_domain)
{
    mail::directory_changed fact;
    fact.domains = {{"gmail.com", identity_type::office365, client_type::outlook, false}};
    fact.recipients = {
        {box("bob@gmail.com"), identity_type::other, client_type::other, "PEM", true, false}};
    change(fact);
    EXPECT_EQ(look_up(ledger, box("Bob@gmail.com")).identity, identity_type::other);
    EXPECT_EQ(look_up(ledger, box("bob@gmail.com")).certificate, "PEM");
    EXPECT_TRUE(look_up(ledger, box("bob@gmail.com")).reads_gcm);
    EXPECT_EQ(look_up(ledger, box("eve@gmail.com")).identity, identity_type::office365);
    EXPECT_EQ(look_up(ledger, box("eve@gmail.com")).certificate, "");
}

TEST_F(directory, a_removed_entry_is_as_if_it_never_was)
{
    mail::directory_changed fact;
    fact.domains = {{"gmail.com", identity_type::office365, client_type::outlook, false}};
    fact.recipients = {
        {box("bob@gmail.com"), identity_type::other, client_type::other, "", false, false}};
    change(fact);
    fact.domains[0].removed = true;
    fact.recipients[0].removed = true;
    change(fact);
    EXPECT_EQ(look_up(ledger, box("bob@gmail.com")).identity, identity_type::google);
}

TEST(certificate, that_is_none_cannot_be_used_and_says_so)
{
    EXPECT_NE(certificate_fault("no PEM", 1'800'000'000), "");
}

} // namespace
} // namespace gateway
