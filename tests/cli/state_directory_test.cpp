#include "cli/durable_file.hpp"
#include "cli/failure.hpp"
#include "cli/key_files.hpp"
#include "cli/state_directory.hpp"
#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <sys/stat.h>

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path)
{
    struct stat found {};
    ::stat(path.c_str(), &found);
    return found.st_mode & 0777;
}

TEST(state_directory, is_private_and_can_be_made_twice)
{
    const cli_test::temporary_folder folder;
    const cli::state_directory state(folder.path() / "post/");
    state.create();
    state.create();
    EXPECT_EQ(state.root(), folder.path() / "post");
    for (const char* name : {"", "bus", "run", "log", "outside", "outside/keys"})
        EXPECT_EQ(mode_of(state.root() / name), 0700u) << name;
}

TEST(state_directory, a_path_too_long_for_the_socket_is_refused_with_the_remedy)
{
    const cli_test::temporary_folder folder;
    try {
        cli::state_directory(folder.path() / std::string(120, 'x')).create();
        FAIL();
    } catch (const cli::failure& refused) {
        EXPECT_NE(std::string(refused.what()).find("shorter --state"), std::string::npos);
    }
}

TEST(state_directory, one_that_cannot_be_made_names_itself)
{
    const cli_test::temporary_folder folder;
    std::ofstream(folder.path() / "file") << "in the way";
    EXPECT_THROW(cli::state_directory(folder.path() / "file/post").create(), cli::failure);
}

TEST(state_directory, a_folder_with_other_files_is_refused_and_stays_as_it_is)
{
    const cli_test::temporary_folder folder;
    const fs::path home = folder.path() / "home";
    fs::create_directory(home);
    std::ofstream(home / "letter.txt") << "dear";
    fs::permissions(home, fs::perms(0755));
    try {
        cli::state_directory(home).create();
        FAIL();
    } catch (const cli::failure& refused) {
        EXPECT_NE(std::string(refused.what()).find(home.string()), std::string::npos);
        EXPECT_NE(std::string(refused.what()).find("--state DIR"), std::string::npos);
    }
    EXPECT_EQ(mode_of(home), 0755u);
    EXPECT_EQ(std::distance(fs::directory_iterator(home), {}), 1);
}

TEST(state_directory, keys_alone_are_enough_to_begin_with)
{
    const cli_test::temporary_folder folder;
    fs::create_directories(folder.path() / "keys"); // as out of a backup
    cli::state_directory(folder.path()).create();
    EXPECT_TRUE(fs::exists(folder.path() / "bus"));
}

TEST(durable_file, replaces_the_whole_file_and_is_private)
{
    const cli_test::temporary_folder folder;
    const fs::path file = folder.path() / "key";
    std::ofstream(file.string() + ".new") << "left by a crash";
    cli::write_durably(file, "first, longer\n");
    cli::write_durably(file, "second\n");
    EXPECT_EQ(cli::read_whole(file), "second\n");
    EXPECT_EQ(mode_of(file), 0600u);
    EXPECT_FALSE(fs::exists(file.string() + ".new"));
    EXPECT_THROW(cli::read_whole(folder.path() / "none"), cli::failure);
    EXPECT_THROW(cli::write_durably(folder.path() / "no/where", ""), cli::failure);
}

TEST(durable_file, that_never_ends_is_not_read_for_ever)
{
    EXPECT_THROW(cli::read_whole("/dev/zero"), cli::failure);
}

TEST(durable_file, is_written_by_one_at_a_time)
{
    const cli_test::temporary_folder folder;
    const fs::path file = folder.path() / "log.ndjson";
    {
        cli::durable_file first(file);
        first.write("first ");
        EXPECT_THROW(cli::durable_file{file}, cli::failure)
            << "it would take the first one's place";
        first.write("whole");
        first.commit();
    }
    EXPECT_EQ(cli::read_whole(file), "first whole");
    cli::write_durably(file, "second");
    EXPECT_EQ(cli::read_whole(file), "second");
}

TEST(state_directory, that_is_put_back_without_its_run_folder_can_be_locked)
{
    const cli_test::temporary_folder folder;
    const cli::state_directory state(folder.path() / "post");
    fs::create_directories(state.root() / "bus");
    const cli::state_lock lock(state);
    EXPECT_TRUE(cli::state_lock::holder(state));
    EXPECT_EQ(mode_of(state.root() / "run"), 0700u);
}

class key_files : public testing::Test {
protected:
    static void SetUpTestSuite() { encryptor::start_cryptography(); }
    void SetUp() override
    {
        state_.create();
        cli::make_keys(state_);
        cli::make_outside_authority(state_);
    }

    std::map<std::string, std::string> contents() const
    {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::directory_iterator(state_.keys()))
            all[entry.path().filename()] = cli::read_whole(entry.path());
        return all;
    }

    cli_test::temporary_folder folder_;
    cli::state_directory state_{folder_.path()};
};

TEST_F(key_files, all_documented_ones_are_made_and_private)
{
    const auto made = contents();
    for (const char* name :
         {"ca.pem",
          "ca.key",
          "server.pem",
          "server.key",
          "organisation.pem",
          "organisation.key",
          "bus.public",
          "bus.secret",
          "gateway.public",
          "portal.secret",
          "revocation.public",
          "operator.secret",
          "portal-box.public",
          "portal-box.secret",
          "gateway-box.public",
          "gateway-box.secret",
          "head.public",
          "head.secret",
          "passcode.key",
          "tokens",
          "admin-token"})
        EXPECT_TRUE(made.contains(name)) << name;
    for (const auto& [name, content] : made)
        EXPECT_EQ(mode_of(state_.keys() / name), 0600u) << name;
    EXPECT_EQ(made.at("portal.public").size(), 41u);
    EXPECT_EQ(made.at("portal-box.secret").size(), 65u);
    EXPECT_FALSE(fs::exists(state_.root() / "keys.new"));
}

TEST_F(key_files, the_token_is_stored_as_its_hash)
{
    const auto made = contents();
    const std::string token = made.at("admin-token").substr(0, 64);
    EXPECT_EQ(
        made.at("tokens"),
        encryptor::hexadecimal(encryptor::sha256(token)) + " administrator operator\n");
}

TEST_F(key_files, existing_ones_are_kept)
{
    const auto before = contents();
    cli::make_keys(state_);
    EXPECT_EQ(contents(), before);
}

TEST_F(key_files, a_pair_that_lost_one_half_is_refused)
{
    fs::remove(state_.keys() / "portal-box.secret");
    try {
        cli::make_keys(state_);
        FAIL() << "a new secret would make every link unreadable";
    } catch (const cli::failure& refused) {
        EXPECT_NE(
            std::string(refused.what()).find("portal-box.secret is missing"), std::string::npos);
    }
}

TEST_F(key_files, a_crash_while_they_were_made_leaves_nothing_half)
{
    fs::remove_all(state_.keys());
    fs::create_directory(state_.root() / "keys.new");
    std::ofstream(state_.root() / "keys.new/ca.key") << "half";
    cli::make_keys(state_);
    EXPECT_EQ(contents().size(), 25u);
}

TEST_F(key_files, a_simulated_client_keeps_its_certificate_from_the_outside_authority)
{
    const std::string first = cli::client_certificate(state_, "alice@fabrikam.com");
    EXPECT_EQ(cli::client_certificate(state_, "alice@fabrikam.com"), first);
    EXPECT_NO_THROW(encryptor::check_recipient_certificate(first, std::time(nullptr)));
    const std::string file = cli::read_whole(state_.outside() / "keys/alice@fabrikam.com.pem");
    EXPECT_NE(file.find("PRIVATE KEY"), std::string::npos);
    EXPECT_EQ(first.find("PRIVATE KEY"), std::string::npos);
    EXPECT_EQ(
        cli::read_whole(state_.outside() / "authority.pem"), cli::read_whole(state_.authority()));
}

TEST(certificates, are_cut_out_of_whatever_surrounds_them)
{
    const std::string one = "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----";
    EXPECT_EQ(cli::certificates_of("x\n" + one + "\ny" + one), one + "\n" + one + "\n");
    EXPECT_EQ(cli::certificates_of("-----BEGIN CERTIFICATE-----\nAA"), "");
}

} // namespace
