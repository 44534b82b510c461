#include "cli/durable_file.hpp"
#include "cli/endpoints.hpp"
#include "cli/failure.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace {

cli::endpoints sample_endpoints()
{
    cli::endpoints where;
    where.smtp = "127.0.0.1:2525";
    where.portal = "https://127.0.0.1:8443";
    where.portals = {"https://127.0.0.1:8443", "https://127.0.0.1:9000"};
    where.admin = "https://127.0.0.1:8444";
    where.admin_token_file = "/state/keys/admin-token";
    where.mailboxes = "http://127.0.0.1:8025";
    where.mailboxes_smtp = "127.0.0.1:2526";
    where.bus = "ipc:///state/run/bus.sock";
    where.state = "/state";
    where.authority = "/state/keys/ca.pem";
    where.health = {{"bus", "http://127.0.0.1:1"}, {"portal-2", "https://127.0.0.1:9000"}};
    where.pids = {{"bus", 11}, {"gateway", 12}, {"portal", 13}, {"portal-2", 14}};
    return where;
}

TEST(endpoints, come_back_as_they_were_written)
{
    const std::string line = cli::to_json(sample_endpoints());
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(cli::to_json(cli::parse_endpoints(line)), line);
}

TEST(endpoints, have_the_fields_that_scripts_rely_on)
{
    const nlohmann::json line = nlohmann::json::parse(cli::to_json(sample_endpoints()));
    for (const char* field :
         {"smtp", "portal", "admin", "admin_token_file", "mailboxes", "bus", "state", "ca"})
        EXPECT_TRUE(line.at(field).is_string()) << field;
    EXPECT_EQ(line.at("pids").at("gateway"), 12);
    EXPECT_EQ(line.at("portals").size(), 2u);
}

TEST(endpoints, damaged_ones_are_named_with_the_remedy)
{
    for (const char* damaged : {"", "{", "{}", "[]", R"({"smtp": 3})", "\xff"}) {
        try {
            cli::parse_endpoints(damaged);
            FAIL() << damaged;
        } catch (const cli::failure& refused) {
            const std::string told = refused.what();
            EXPECT_EQ(told.find("run/endpoints.json"), 0u) << told;
            EXPECT_NE(told.find("start it again with `sealpost up`"), std::string::npos) << told;
        }
    }
}

class running : public testing::Test {
protected:
    cli::exit_code code_of_lookup() const
    {
        try {
            cli::running_endpoints(folder_.path());
        } catch (const cli::failure& none) {
            return none.code();
        }
        return cli::exit_code::ok;
    }

    cli_test::temporary_folder folder_;
    cli::state_directory state_{folder_.path()};
};

TEST_F(running, nothing_runs_on_a_directory_that_nobody_holds)
{
    EXPECT_EQ(code_of_lookup(), cli::exit_code::nothing_running);
    state_.create();
    cli::write_durably(state_.endpoints(), cli::to_json(sample_endpoints()));
    // What a killed one left behind is no running one.
    EXPECT_EQ(code_of_lookup(), cli::exit_code::nothing_running);
}

TEST_F(running, the_endpoints_are_found_while_the_lock_is_held)
{
    state_.create();
    const cli::state_lock lock(state_);
    EXPECT_EQ(code_of_lookup(), cli::exit_code::nothing_running); // still starting
    cli::write_durably(state_.endpoints(), cli::to_json(sample_endpoints()));
    EXPECT_EQ(cli::running_endpoints(folder_.path()).smtp, "127.0.0.1:2525");
}

/// Root may look everywhere: for a while we are not root.
struct nobody_special {
    nobody_special()
    {
        if (was == 0)
            EXPECT_EQ(::seteuid(65534), 0);
    }
    ~nobody_special()
    {
        if (was == 0)
            EXPECT_EQ(::seteuid(was), 0);
    }
    uid_t was = ::geteuid();
};

TEST_F(running, a_directory_of_somebody_else_is_not_taken_for_an_idle_one)
{
    state_.create();
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::none);
    try {
        const nobody_special stranger;
        cli::running_endpoints(folder_.path());
        ADD_FAILURE() << "it can be seen";
    } catch (const cli::failure& refused) {
        EXPECT_NE(
            std::string(refused.what()).find("ask as the user who started it"), std::string::npos)
            << refused.what();
    }
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
}

TEST_F(running, a_second_start_is_refused_and_names_the_first)
{
    state_.create();
    const cli::state_lock lock(state_);
    EXPECT_EQ(cli::state_lock::holder(state_), ::getpid());
    try {
        const cli::state_lock second(state_);
        FAIL() << "two on one directory";
    } catch (const cli::failure& refused) {
        EXPECT_NE(std::string(refused.what()).find(std::to_string(::getpid())), std::string::npos);
    }
}

} // namespace
