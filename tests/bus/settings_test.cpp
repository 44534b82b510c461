#include "bus/client_settings.hpp"
#include "bus/curve.hpp"
#include "bus/settings.hpp"
#include "service/settings_reader.hpp"
#include "tests/bus/running_bus.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bus {
namespace {

class the_settings : public testing::Test {
protected:
    the_settings()
    {
        write("bus.public", pair.public_key + "\n");
        write("bus.secret", std::string{pair.secret_key.view()} + "\n");
        write("no-key", "hello");
    }

    void write(const std::string& name, const std::string& text)
    {
        std::ofstream{folder.path() / name} << text;
    }

    settings read(const std::string& text)
    {
        write("settings.toml", text);
        service::settings_reader reader{folder.path() / "settings.toml", "bus"};
        settings wanted = settings::read(reader);
        reader.finish();
        return wanted;
    }

    std::string faults(const std::string& text)
    {
        try {
            read(text);
        } catch (const service::invalid_settings& wrong) {
            return wrong.what();
        }
        return {};
    }

    const std::string keys = "public_key_file = 'bus.public'\nsecret_key_file = 'bus.secret'\n";
    const curve_pair pair = curve_pair::generate();
    test::temporary_folder folder;
};

TEST_F(the_settings, are_read_with_roles_and_clients)
{
    const settings wanted = read(
        "[bus]\nendpoint = 'ipc:///tmp/b.sock'\n" + keys +
        "[[bus.roles]]\nname = 'portal'\nappend = ['a', 'b']\ncontent_read = true\nslots_read = "
        "['link']\n[[bus.clients]]\nrole = 'portal'\npublic_key = '" +
        pair.public_key + "'\n");
    EXPECT_EQ(wanted.endpoint, "ipc:///tmp/b.sock");
    EXPECT_EQ(wanted.secret_key.view(), pair.secret_key.view());
    EXPECT_EQ(wanted.files.database, folder.path() / "bus/journal.db");
    EXPECT_EQ(wanted.reserve_mib, 64);
    EXPECT_EQ(wanted.unnamed_seconds, 3600);
    EXPECT_FALSE(wanted.accept_unerasable);
    ASSERT_EQ(wanted.roles.size(), 1U);
    EXPECT_EQ(wanted.roles[0].append.size(), 2U);
    EXPECT_TRUE(wanted.roles[0].content_read);
    EXPECT_FALSE(wanted.roles[0].content_write);
    EXPECT_EQ(wanted.clients.at(pair.public_key), "portal");
}

TEST_F(the_settings, name_every_fault_at_once)
{
    const std::string text = faults("[bus]\nendpoint = 'ipc://relative'\npublic_key_file = "
                                    "'no-key'\nsecret_key_file = 'bus.secret'\n"
                                    "[[bus.clients]]\nrole = 'nobody'\npublic_key = 'short'\n");
    EXPECT_NE(text.find("endpoint"), std::string::npos);
    EXPECT_NE(text.find("public_key_file"), std::string::npos);
    EXPECT_NE(text.find("nobody"), std::string::npos);
    EXPECT_NE(text.find("Z85"), std::string::npos);
}

TEST_F(the_settings, refuse_one_key_for_two_roles)
{
    const std::string client =
        "[[bus.clients]]\nrole = 'a'\npublic_key = '" + pair.public_key + "'\n";
    const std::string text = faults(
        "[bus]\nendpoint = 'tcp://127.0.0.1:5599'\n" + keys + "[[bus.roles]]\nname = 'a'\n" +
        client + client);
    EXPECT_NE(text.find("twice"), std::string::npos);
}

TEST_F(the_settings, of_a_client_are_the_endpoint_and_three_keys)
{
    write(
        "settings.toml",
        "[portal]\nbus_endpoint = 'ipc:///tmp/b.sock'\nbus_server_key_file = 'bus.public'\n"
        "bus_public_key_file = 'bus.public'\nbus_secret_key_file = 'bus.secret'\n");
    service::settings_reader reader{folder.path() / "settings.toml", "portal"};
    const client_settings wanted = read_client_settings(reader);
    reader.finish();
    EXPECT_EQ(wanted.endpoint, "ipc:///tmp/b.sock");
    EXPECT_EQ(wanted.server_public_key, pair.public_key);
    EXPECT_EQ(wanted.secret_key.view(), pair.secret_key.view());
}

TEST(an_endpoint, is_an_absolute_socket_path_or_a_tcp_address)
{
    EXPECT_TRUE(is_bus_endpoint("ipc:///run/bus.sock"));
    EXPECT_TRUE(is_bus_endpoint("tcp://127.0.0.1:5599"));
    EXPECT_TRUE(is_bus_endpoint("ipc:///" + std::string(106, 'x')));
    EXPECT_FALSE(is_bus_endpoint("ipc:///" + std::string(107, 'x')))
        << "longer than a socket's path may be";
    for (const char* wrong :
         {"",
          "ipc://",
          "ipc:///",
          "ipc://bus.sock",
          "tcp://",
          "tcp://host",
          "tcp://:1",
          "tcp://host:",
          "inproc://x"})
        EXPECT_FALSE(is_bus_endpoint(wrong)) << wrong;
}

TEST(a_curve_key, has_forty_characters_of_z85)
{
    const curve_pair pair = curve_pair::generate();
    EXPECT_TRUE(is_curve_key(pair.public_key));
    EXPECT_TRUE(is_curve_key(pair.secret_key.view()));
    EXPECT_NE(pair.public_key, curve_pair::generate().public_key);
    EXPECT_FALSE(is_curve_key(pair.public_key + "a"));
    EXPECT_FALSE(is_curve_key(std::string(40, '"')));
    EXPECT_FALSE(is_curve_key(""));
}

} // namespace
} // namespace bus
