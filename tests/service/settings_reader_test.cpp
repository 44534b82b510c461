#include "service/settings_reader.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

using service::invalid_settings;
using service::settings_reader;

namespace {

class settings : public testing::Test {
protected:
    settings_reader read(std::string_view content)
    {
        return {folder_.write("sealpost.toml", content), "gateway"};
    }

    /// What finish() complains about, "" for nothing.
    static std::string faults(settings_reader& reader)
    {
        try {
            reader.finish();
            return {};
        } catch (const invalid_settings& wrong) {
            return wrong.what();
        }
    }

    std::string fault_of(std::string_view content, const std::function<void(settings_reader&)>& use)
    {
        settings_reader reader = read(content);
        use(reader);
        return faults(reader);
    }

    test_folder folder_;
};

TEST_F(settings, every_fault_is_named_at_once_with_what_is_allowed)
{
    settings_reader reader = read(R"(
        [gateway]
        listen = "foo"
        retry = 0
        tls = "yes"
        networks = ["127.0.0.1", 4]
        lisen_backlog = 3
    )");
    reader.host_and_port("listen", "127.0.0.1:25");
    reader.integer("retry", 5, 1, 86400);
    reader.flag("tls", true);
    reader.texts("networks", {});
    reader.required_text("host_name");
    reader.integer("listen_backlog", 512, 1, 4096);
    EXPECT_EQ(
        faults(reader),
        "gateway.listen: \"foo\" is not host:port\n"
        "gateway.retry: 0 is outside 1 to 86400\n"
        "gateway.tls: 'yes' is neither true nor false\n"
        "gateway.networks: 4 is not a text in quotes without control characters\n"
        "gateway.host_name: is required\n"
        "gateway.lisen_backlog: is unknown, did you mean \"listen_backlog\"?");
}

TEST_F(settings, what_is_right_is_read_and_what_is_absent_has_its_default)
{
    settings_reader reader = read(R"(
        [gateway]
        listen = "[::1]:2525"
        retry = 7
        force_link = true
        networks = ["10.0.0.0/8"]
        [portal]
        listen = "ignored here"
    )");
    EXPECT_EQ(reader.host_and_port("listen", ""), "[::1]:2525");
    EXPECT_EQ(reader.integer("retry", 5, 1, 10), 7);
    EXPECT_TRUE(reader.flag("force_link", false));
    EXPECT_EQ(reader.texts("networks", {}), std::vector<std::string>{"10.0.0.0/8"});
    EXPECT_EQ(reader.text("banner", "hello"), "hello");
    EXPECT_EQ(reader.host_and_port("health", ""), "");
    EXPECT_EQ(faults(reader), "");
}

TEST_F(settings, a_wrong_value_yields_the_default_so_that_reading_goes_on)
{
    settings_reader reader = read("[gateway]\nretry = 1.5\nlisten = \"a:99999\"\n");
    EXPECT_EQ(reader.integer("retry", 5, 1, 10), 5);
    EXPECT_EQ(reader.host_and_port("listen", "127.0.0.1:25"), "127.0.0.1:25");
}

TEST_F(settings, long_texts_and_control_characters_are_refused)
{
    const auto text = [](settings_reader& reader) { reader.text("name", "", 5); };
    EXPECT_EQ(
        fault_of("[gateway]\nname = \"123456\"\n", text),
        "gateway.name: is 6 octets long, at most 5 are allowed");
    EXPECT_EQ(
        fault_of("[gateway]\nname = \"a\\r\\nb\"\n", text),
        "gateway.name: holds a control character");
}

TEST_F(settings, a_file_that_is_missing_or_no_toml_is_named_with_its_line)
{
    EXPECT_THROW(settings_reader(folder_.path() / "none.toml", "gateway"), invalid_settings);
    EXPECT_THROW(settings_reader(folder_.path(), "gateway"), invalid_settings) << "a folder";
    try {
        read("[gateway]\nlisten = = 3\n");
        FAIL() << "no TOML, and not refused";
    } catch (const invalid_settings& wrong) {
        EXPECT_NE(std::string{wrong.what()}.find("sealpost.toml:2:10: "), std::string::npos)
            << wrong.what();
    }
}

TEST_F(settings, a_section_that_is_none_is_a_fault_and_an_absent_one_is_empty)
{
    EXPECT_EQ(
        fault_of("gateway = 3\n", [](settings_reader&) {}),
        "gateway: is not a section; write [gateway]");
    EXPECT_EQ(
        fault_of("", [](settings_reader& reader) { reader.required_host_and_port("listen"); }),
        "gateway.listen: is required");
}

TEST_F(settings, paths_are_meant_from_the_folder_of_the_file)
{
    folder_.write("server.pem", "certificate");
    settings_reader reader =
        read("[gateway]\ncertificate = \"./server.pem\"\nkey = \"none.key\"\n");
    EXPECT_EQ(reader.required_file("certificate"), folder_.path() / "server.pem");
    EXPECT_EQ(reader.path("spool", "spool/now"), folder_.path() / "spool/now");
    EXPECT_EQ(reader.path("absolute", "/var/spool"), "/var/spool");
    EXPECT_EQ(reader.path("none", ""), "");
    reader.required_file("key");
    EXPECT_EQ(
        faults(reader),
        "gateway.key: \"" + (folder_.path() / "none.key").string() +
            "\" No such file or directory");
}

TEST_F(settings, a_secret_is_read_from_its_file_and_never_shown)
{
    folder_.write("bus.secret", "rosebud\n");
    folder_.write("empty.secret", " \n");
    settings_reader reader = read("[gateway]\nkey = \"bus.secret\"\nempty = \"empty.secret\"\n");
    EXPECT_EQ(reader.secret_file("key"), "rosebud");
    reader.secret_file("empty");
    reader.secret_file("absent");
    const std::string wrong = faults(reader);
    EXPECT_NE(wrong.find("empty.secret\" is empty"), std::string::npos) << wrong;
    EXPECT_NE(wrong.find("gateway.absent: is required"), std::string::npos) << wrong;
    EXPECT_EQ(wrong.find("rosebud"), std::string::npos);
}

TEST_F(settings, faults_and_unknown_keys_of_tables_gather_in_the_parent)
{
    settings_reader reader = read(R"(
        [[gateway.clients]]
        role = "portal"
        [[gateway.clients]]
        role = 3
        colour = "red"
    )");
    std::vector<std::string> roles;
    for (settings_reader& client : reader.tables("clients")) {
        roles.push_back(client.text("role", "nobody"));
    }
    EXPECT_EQ(roles, (std::vector<std::string>{"portal", "nobody"}));
    EXPECT_EQ(
        faults(reader),
        "gateway.clients[1].role: 3 is not a text in quotes\n"
        "gateway.clients[1].colour: is unknown");
}

TEST_F(settings, tables_that_are_none_are_a_fault)
{
    const std::string wrong = fault_of(
        "[gateway]\nclients = 1\n", [](settings_reader& reader) { reader.tables("clients"); });
    EXPECT_EQ(wrong, "gateway.clients: 1 is not an array of tables ([[gateway.clients]])");
}

TEST_F(settings, callers_may_note_faults_of_their_own)
{
    const std::string wrong =
        fault_of("", [](settings_reader& reader) { reader.fault("public_url", "is not https"); });
    EXPECT_EQ(wrong, "gateway.public_url: is not https");
}

} // namespace
