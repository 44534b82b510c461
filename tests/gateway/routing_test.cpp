#include "gateway/routing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gateway {
namespace {

using mail::client_type;
using mail::delivery_mode;
using mail::identity_type;

TEST(routing, decides_by_the_table_and_says_why)
{
    struct row {
        const char* recipient;
        identity_type identity;
        client_type client;
        const char* certificate;
        const char* fault;
        bool force_link;
        delivery_mode delivery;
        const char* rule;
        const char* reason;
    };
    const std::vector<row> table = {
        {"o@contoso.com",
         identity_type::office365,
         client_type::outlook,
         "PEM",
         "",
         false,
         delivery_mode::in_line,
         "directory",
         "Office 365 identity in a supported Outlook client, certificate on file"},
        {"m@outlook.com",
         identity_type::microsoft_account,
         client_type::outlook,
         "PEM",
         "",
         false,
         delivery_mode::in_line,
         "directory",
         "Microsoft account in a supported Outlook client, certificate on file"},
        {"o@contoso.com",
         identity_type::office365,
         client_type::other,
         "PEM",
         "",
         false,
         delivery_mode::link,
         "directory",
         "Office 365 identity without a supported Outlook client, reads in the portal"},
        {"o@contoso.com",
         identity_type::office365,
         client_type::outlook,
         "",
         "",
         false,
         delivery_mode::link,
         "directory",
         "Office 365 identity in a supported Outlook client, but no certificate on file: reads in "
         "the portal"},
        {"o@contoso.com",
         identity_type::office365,
         client_type::outlook,
         "PEM",
         "expired",
         false,
         delivery_mode::link,
         "directory",
         "Office 365 identity in a supported Outlook client, but the certificate on file cannot be "
         "used (expired): reads in the portal"},
        {"g@gmail.com",
         identity_type::google,
         client_type::outlook,
         "PEM",
         "",
         false,
         delivery_mode::link,
         "directory",
         "gmail.com addresses read in the portal"},
        {"y@yahoo.de",
         identity_type::yahoo,
         client_type::other,
         "",
         "",
         false,
         delivery_mode::link,
         "directory",
         "yahoo.de addresses read in the portal"},
        {"x@example.org",
         identity_type::other,
         client_type::outlook,
         "PEM",
         "",
         false,
         delivery_mode::link,
         "directory",
         "example.org addresses read in the portal"},
        {"o@contoso.com",
         identity_type::office365,
         client_type::outlook,
         "PEM",
         "",
         true,
         delivery_mode::link,
         "organisation force-link",
         "the organisation sends every message as a link"},
        {"g@gmail.com",
         identity_type::google,
         client_type::other,
         "",
         "",
         true,
         delivery_mode::link,
         "organisation force-link",
         "the organisation sends every message as a link"},
    };
    for (const auto& row : table) {
        const directory_answer known{row.identity, row.client, row.certificate, false};
        mail::organisation_entry organisation;
        organisation.force_link = row.force_link;
        const auto routed =
            route(*mail::address::parse(row.recipient), known, row.fault, organisation);
        EXPECT_EQ(routed.delivery, row.delivery) << row.reason;
        EXPECT_EQ(routed.revocable, row.delivery == delivery_mode::link) << row.reason;
        EXPECT_EQ(routed.rule, row.rule);
        EXPECT_EQ(routed.reason, row.reason);
        EXPECT_EQ(routed.mailbox.text(), row.recipient);
        EXPECT_EQ(routed.identity, row.identity);
        EXPECT_EQ(routed.client, row.client);
        EXPECT_TRUE(routed.link.empty()) << "the token is drawn elsewhere";
    }
}

} // namespace
} // namespace gateway
