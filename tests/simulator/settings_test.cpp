#include "service/settings_reader.hpp"
#include "simulator/mailboxes/settings.hpp"
#include "tests/service/test_files.hpp"

#include <gtest/gtest.h>

namespace {

simulator::settings read(const test_folder& folder, const std::string& text)
{
    const auto file = folder.write("sealpost.toml", "[mailboxes]\n" + text);
    return simulator::settings::read(service::settings_reader{file, "mailboxes"});
}

TEST(mailboxes_settings, paths_are_meant_from_the_settings_file)
{
    const test_folder folder;
    const auto wanted = read(folder, "database = \"outside/m.db\"\nkeys = \"outside/keys\"\n");
    EXPECT_EQ(wanted.database, folder.path() / "outside/m.db");
    EXPECT_EQ(wanted.keys, folder.path() / "outside/keys");
    EXPECT_EQ(wanted.listen_http, "127.0.0.1:8025");
}

TEST(mailboxes_settings, unknown_keys_and_wrong_addresses_are_faults)
{
    const test_folder folder;
    EXPECT_THROW(read(folder, "listen = \"127.0.0.1:1\"\n"), service::invalid_settings);
    EXPECT_THROW(read(folder, "listen_http = \"nowhere\"\n"), service::invalid_settings);
}

} // namespace
