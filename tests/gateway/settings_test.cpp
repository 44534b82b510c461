#include "gateway/settings.hpp"
#include "service/settings_reader.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace gateway {
namespace {

class gateway_settings : public testing::Test {
protected:
    gateway_settings()
    {
        folder.write("z85", std::string(40, 'a') + "\n");
        folder.write("hex", std::string(63, '0') + "f\n");
        folder.write("pem", "-----BEGIN CERTIFICATE-----\n");
        for (const auto* key :
             {"bus_server_key_file", "bus_public_key_file", "bus_secret_key_file"}) {
            keys[key] = "\"z85\"";
        }
        for (const auto* key :
             {"portal_box_public_file", "gateway_box_public_file", "gateway_box_secret_file"}) {
            keys[key] = "\"hex\"";
        }
        for (const auto* key : {"tls_certificate", "tls_key", "signer_certificate", "signer_key"}) {
            keys[key] = "\"pem\"";
        }
        keys["bus_endpoint"] = "\"ipc:///tmp/bus.sock\"";
        keys["portal_url"] = "\"https://portal.test/\"";
    }
    settings read() const
    {
        std::string file = "[gateway]\n";
        for (const auto& [key, value] : keys) {
            file.append(key).append(" = ").append(value).append("\n");
        }
        return settings::read(
            service::settings_reader(folder.write("sealpost.toml", file), "gateway"));
    }
    std::string faults() const
    {
        try {
            read();
        } catch (const service::invalid_settings& wrong) {
            return wrong.what();
        }
        return "";
    }
    void expect_fault(const std::string& key, const std::string& value)
    {
        const auto before = keys;
        keys[key] = value;
        EXPECT_NE(faults().find("gateway." + key), std::string::npos)
            << key << " = " << value << ": " << faults();
        keys = before;
    }

    test_folder folder;
    std::map<std::string, std::string> keys;
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
