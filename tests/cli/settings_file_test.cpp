#include "cli/key_files.hpp"
#include "cli/settings_file.hpp"
#include "service/settings_reader.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace {

cli::settings_values sample()
{
    cli::settings_values values;
    values.bus_endpoint = "ipc:///tmp/a b/\"run\"/bus.sock";
    values.bus_health = "127.0.0.1:1";
    values.smtp = "127.0.0.1:2525";
    values.gateway_health = "127.0.0.1:2";
    values.portal = "127.0.0.1:8443";
    values.portal_health = "127.0.0.1:4";
    values.portal_url = "https://127.0.0.1:8443";
    values.admin = "127.0.0.1:8444";
    values.revocation_health = "127.0.0.1:5";
    values.mailboxes_smtp = "127.0.0.1:3";
    values.mailboxes_http = "127.0.0.1:8025";
    values.next_hop = "127.0.0.1:3";
    for (const std::string_view role : cli::bus_roles)
        values.bus_public_keys[std::string(role)] = "Z85.of-" + std::string(role) + "{}%$#";
    return values;
}

class settings_file : public testing::Test {
protected:
    service::settings_reader section(const std::string& text, const std::string& name)
    {
        const std::filesystem::path file = folder_.path() / "sealpost.toml";
        std::ofstream(file) << text;
        return service::settings_reader(file, name);
    }

    cli_test::temporary_folder folder_;
};

TEST_F(settings_file, every_section_names_its_addresses_and_keys)
{
    const std::string text = cli::settings_text(sample());
    auto gateway = section(text, "gateway");
    EXPECT_EQ(gateway.required_text("bus_endpoint"), sample().bus_endpoint);
    EXPECT_EQ(gateway.required_text("listen"), "127.0.0.1:2525");
    EXPECT_EQ(gateway.required_text("next_hop"), "127.0.0.1:3");
    EXPECT_EQ(gateway.required_text("portal_url"), "https://127.0.0.1:8443");
    EXPECT_EQ(
        gateway.texts("allowed_networks", {}),
        (std::vector<std::string>{"127.0.0.0/8", "::1/128"}));
    EXPECT_EQ(gateway.path("signer_key", ""), folder_.path() / "keys/organisation.key");
    EXPECT_EQ(section(text, "portal").required_text("no_reply_address"), "no-reply@contoso.com");
    EXPECT_EQ(section(text, "portal").required_text("health"), "127.0.0.1:4");
    EXPECT_EQ(section(text, "revocation").required_text("health"), "127.0.0.1:5");
    EXPECT_EQ(section(text, "revocation").path("tokens_file", ""), folder_.path() / "keys/tokens");
    EXPECT_EQ(
        section(text, "mailboxes").path("database", ""), folder_.path() / "outside/mailboxes.db");
}

TEST_F(settings_file, the_bus_lets_each_role_do_its_own_work_only)
{
    auto bus = section(cli::settings_text(sample()), "bus");
    std::map<std::string, std::string> keys;
    for (auto& client : bus.tables("clients"))
        keys[client.required_text("role")] = client.required_text("public_key");
    EXPECT_EQ(keys, sample().bus_public_keys);

    std::map<std::string, std::vector<std::string>> append;
    std::map<std::string, bool> reads_content;
    std::map<std::string, std::vector<std::string>> reads_slots;
    for (auto& role : bus.tables("roles")) {
        const std::string name = role.required_text("name");
        append[name] = role.texts("append", {"none"});
        reads_content[name] = role.flag("content_read", false);
        reads_slots[name] = role.texts("slots_read", {"none"});
    }
    EXPECT_EQ(
        append["gateway"],
        (std::vector<std::string>{"sealpost.message.accepted", "sealpost.delivery.attempted"}));
    EXPECT_EQ(append["operator"], std::vector<std::string>{});
    EXPECT_EQ(append["revocation"].front(), "sealpost.message.revoked");
    EXPECT_FALSE(reads_content["revocation"]);
    EXPECT_FALSE(reads_content["operator"]);
    EXPECT_EQ(reads_slots["portal"], std::vector<std::string>{"link"});
    EXPECT_EQ(reads_slots["gateway"], std::vector<std::string>{"gateway"});
    EXPECT_EQ(reads_slots["operator"], std::vector<std::string>{});
}

TEST_F(settings_file, retries_are_quick_only_against_the_played_mailboxes)
{
    cli::settings_values values = sample();
    EXPECT_EQ(
        section(cli::settings_text(values), "gateway").integer("retry_first_seconds", 60, 1, 100),
        1);
    values.quick_retries = false;
    EXPECT_EQ(
        section(cli::settings_text(values), "gateway").integer("retry_first_seconds", 60, 1, 100),
        60);
}

TEST_F(settings_file, an_unerasable_disk_is_accepted_only_when_that_was_asked_for)
{
    cli::settings_values values = sample();
    EXPECT_FALSE(section(cli::settings_text(values), "bus").flag("accept_unerasable", false));
    values.accept_unerasable = true;
    EXPECT_TRUE(section(cli::settings_text(values), "bus").flag("accept_unerasable", false));
}

TEST_F(settings_file, without_mailboxes_they_have_no_section)
{
    cli::settings_values values = sample();
    values.mailboxes = false;
    EXPECT_EQ(cli::settings_text(values).find("[mailboxes]"), std::string::npos);
}

TEST(toml_string, quotes_what_would_end_it_early)
{
    EXPECT_EQ(cli::toml_string("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000ad\"");
}

} // namespace
