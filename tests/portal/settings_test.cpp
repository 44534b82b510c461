#include "encryptor/secret.hpp"
#include "portal/settings.hpp"
#include "tests/service/settings_section.hpp"

#include <gtest/gtest.h>

#include <string>

namespace portal {
namespace {

class portal_settings : public settings_section {
protected:
    portal_settings() : settings_section("portal")
    {
        encryptor::start_cryptography();
        name_files(
            "hex",
            {"portal_box_public_file",
             "portal_box_secret_file",
             "gateway_box_public_file",
             "passcode_key_file"});
        name_files("pem", {"tls_certificate", "tls_key"});
        keys["public_url"] = "\"https://portal.test\"";
        keys["no_reply_address"] = "\"no-reply@contoso.com\"";
    }
    settings read() const
    {
        service::settings_reader section = reader();
        return settings::read(section);
    }
    void check() const override { read(); }
};

TEST_F(portal_settings, what_is_not_said_has_a_standard_value)
{
    const settings wanted = read();
    EXPECT_EQ(wanted.listen, "127.0.0.1:8443");
    EXPECT_EQ(wanted.open_messages, 16U);
    EXPECT_EQ(wanted.connections, 1000U);
    EXPECT_EQ(wanted.least_octets_per_second, 4096U);
    EXPECT_EQ(wanted.no_reply.text(), "no-reply@contoso.com");
    EXPECT_EQ(wanted.secrets.gateway_box_public, std::string(31, '\0') + '\x0f');
    EXPECT_EQ(wanted.secrets.portal_box.secret_key.view().size(), 32U);
    EXPECT_EQ(wanted.secrets.passcode_key.view(), std::string(31, '\0') + '\x0f');
}

TEST_F(portal_settings, every_wrong_value_is_named)
{
    expect_fault("listen", "\"nowhere\"");
    expect_fault("public_url", "\"http://portal.test\"");
    expect_fault("no_reply_address", "\"nobody\"");
    expect_fault("passcode_key_file", "\"pem\"");
    expect_fault("portal_box_secret_file", "\"z85\"");
    expect_fault("tls_key", "\"missing.pem\"");
    expect_fault("open_messages", "0");
    expect_fault("connections", "-1");
    expect_fault("least_octets_per_second", "-1");
    expect_fault("misspelt", "1");
}

TEST_F(portal_settings, every_missing_value_is_named_at_once)
{
    keys.clear();
    const std::string all = faults();
    for (const char* key :
         {"bus_endpoint",
          "tls_certificate",
          "public_url",
          "no_reply_address",
          "portal_box_public_file",
          "portal_box_secret_file",
          "gateway_box_public_file",
          "passcode_key_file"}) {
        EXPECT_NE(all.find(std::string("portal.") + key), std::string::npos) << key << all;
    }
}

TEST_F(portal_settings, no_fault_shows_what_stands_in_a_key_file)
{
    folder.write("hex", "secret-that-is-not-hexadecimal");
    EXPECT_EQ(faults().find("secret-that"), std::string::npos) << faults();
    EXPECT_NE(faults().find("64 hexadecimal digits"), std::string::npos);
}

} // namespace
} // namespace portal
