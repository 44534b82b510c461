#include "gateway/settings.hpp"
#include "mail/mime_reader.hpp"
#include "tests/service/settings_section.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateway {
namespace {

class gateway_settings : public settings_section {
protected:
    gateway_settings() : settings_section("gateway")
    {
        name_files(
            "hex",
            {"portal_box_public_file", "gateway_box_public_file", "gateway_box_secret_file"});
        name_files("pem", {"tls_certificate", "tls_key", "signer_certificate", "signer_key"});
        keys["portal_url"] = "\"https://portal.test/\"";
    }
    settings read() const { return settings::read(reader()); }
    void check() const override { read(); }
};

TEST_F(gateway_settings, what_is_not_said_has_a_standard_value)
{
    const auto wanted = read();
    EXPECT_EQ(wanted.portal_url, "https://portal.test") << "without final slash";
    EXPECT_EQ(wanted.limits.message_octets, 25U * 1024 * 1024);
    EXPECT_EQ(wanted.limits.recipients, 100U);
    EXPECT_EQ(wanted.retry.first, 60'000);
    EXPECT_TRUE(wanted.networks.contain("127.0.0.1"));
    EXPECT_FALSE(wanted.networks.contain("192.0.2.1"));
    EXPECT_EQ(wanted.portal_box_public, std::string(31, '\0') + '\x0f');
    EXPECT_EQ(wanted.gateway_box.secret_key.view().size(), 32U);
}

TEST_F(gateway_settings, what_is_said_counts)
{
    keys["allowed_networks"] = "[\"192.0.2.0/24\"]";
    keys["retry_first_seconds"] = "1";
    keys["retry_longest_seconds"] = "2";
    keys["give_up_seconds"] = "3";
    keys["recipients"] = "7";
    keys["idle_seconds"] = "9";
    const auto wanted = read();
    EXPECT_TRUE(wanted.networks.contain("192.0.2.1"));
    EXPECT_FALSE(wanted.networks.contain("127.0.0.1"));
    EXPECT_EQ(wanted.retry.first, 1000);
    EXPECT_EQ(wanted.retry.longest, 2000);
    EXPECT_EQ(wanted.retry.give_up, 3000);
    EXPECT_EQ(wanted.limits.recipients, 7U);
    EXPECT_EQ(wanted.limits.idle, std::chrono::seconds(9));
}

TEST_F(gateway_settings, faults_are_named_with_their_key)
{
    folder.write("short", "0123");
    folder.write("letters", std::string(64, 'x'));
    expect_fault("gateway_box_secret_file", "\"short\"");
    expect_fault("portal_box_public_file", "\"letters\"");
    expect_fault("allowed_networks", "[\"10.0.0.0/99\"]");
    expect_fault("portal_url", "\"ftp://portal\"");
    expect_fault("host_name", "\"no host\"");
    expect_fault("recipients", "0");
    expect_fault("retry_longest_seconds", "1");
    expect_fault("next_hop", "\"nowhere\"");
    expect_fault("tls_key", "\"missing\"");
    expect_fault("messege_octets", "1");
}

TEST_F(gateway_settings, no_mail_may_be_larger_than_the_portal_opens)
{
    keys["message_octets"] = std::to_string(mail::longest_mail);
    EXPECT_EQ(faults(), "");
    EXPECT_EQ(read().limits.message_octets, mail::longest_mail);
    keys["message_octets"] = std::to_string(mail::longest_mail + 1);
    EXPECT_NE(
        faults().find("gateway.message_octets: 67108865 is more than 67108864: the portal"),
        std::string::npos)
        << faults();
    expect_fault("message_octets", "0");
}

TEST_F(gateway_settings, all_faults_are_named_at_once)
{
    keys["portal_url"] = "\"x\"";
    keys["recipients"] = "-1";
    const auto all = faults();
    EXPECT_NE(all.find("gateway.portal_url"), std::string::npos);
    EXPECT_NE(all.find("gateway.recipients"), std::string::npos);
}

} // namespace
} // namespace gateway
