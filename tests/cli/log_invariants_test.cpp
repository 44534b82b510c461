#include "cli/key_files.hpp"
#include "cli/log_invariants.hpp"
#include "cli/log_secrets.hpp"
#include "cli/state_directory.hpp"
#include "tests/cli/stored_story.hpp"
#include "tests/cli/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace {

using cli::log_invariants;

std::vector<log_invariants::breach> breaches_of(
    const std::vector<bus::stored_event>& log, std::vector<log_invariants::secret> secrets = {})
{
    log_invariants invariants(std::move(secrets));
    for (const bus::stored_event& event : log)
        invariants.add(event);
    return invariants.breaches();
}

/// The only breach's text; its event is the last one.
std::string breach_of(const mail::test::story& story)
{
    const auto found = breaches_of(cli_test::stored(story));
    if (found.size() != 1 || found[0].seq != story.log.size())
        return "none, or not one at the last event";
    return found[0].what;
}

class invariants_of_a_log : public testing::Test {
protected:
    invariants_of_a_log()
    {
        story_.accept({"carol@gmail.com", "dave@example.org"}, {}, 3600);
        sign_in("carol");
    }

    void sign_in(const std::string& session)
    {
        const std::string challenge = "challenge-" + session;
        story_.issue("carol@gmail.com", challenge);
        story_.try_code(challenge, true, session);
    }

    void read(const std::string& session)
    {
        story_.close(story_.attempt("carol@gmail.com", session), 900);
    }

    mail::test::story story_;
};

TEST_F(invariants_of_a_log, hold_in_a_log_of_everything)
{
    EXPECT_TRUE(breaches_of(cli_test::stored(cli_test::eventful_story())).empty());
}

TEST_F(invariants_of_a_log, hold_for_a_read_that_was_granted_and_a_refusal_of_nothing)
{
    read("carol");
    story_.revoke();
    story_.close(story_.attempt("carol@gmail.com", "carol"), 0);
    EXPECT_TRUE(breaches_of(cli_test::stored(story_)).empty());
}

TEST_F(invariants_of_a_log, hold_for_a_read_that_began_before_the_revoke)
{
    const mail::event_id attempt = story_.attempt("carol@gmail.com", "carol");
    story_.revoke();
    story_.tell(mail::access_renewed{attempt});
    story_.close(attempt, 900);
    EXPECT_TRUE(breaches_of(cli_test::stored(story_)).empty());
}

TEST_F(invariants_of_a_log, are_broken_by_a_read_after_the_revoke)
{
    story_.revoke();
    read("carol");
    EXPECT_NE(breach_of(story_).find("refused: revoked"), std::string::npos) << breach_of(story_);
}

TEST_F(invariants_of_a_log, are_broken_by_a_read_after_expiry)
{
    story_.wait(3700);
    sign_in("later");
    read("later");
    EXPECT_NE(breach_of(story_).find("refused: expired"), std::string::npos) << breach_of(story_);
}

TEST_F(invariants_of_a_log, are_broken_by_a_read_of_who_is_not_signed_in)
{
    read("nobody");
    EXPECT_NE(breach_of(story_).find("refused: not"), std::string::npos) << breach_of(story_);
}

TEST_F(invariants_of_a_log, are_broken_by_a_read_without_an_attempt)
{
    story_.close({"no-attempt"}, 900);
    EXPECT_NE(breach_of(story_).find("does not hold"), std::string::npos);
}

TEST_F(invariants_of_a_log, are_broken_by_an_event_that_no_process_can_read)
{
    std::vector<bus::stored_event> log = cli_test::stored(story_);
    log[1].payload = "{}";
    const auto found = breaches_of(log);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].seq, 2U);
}

TEST_F(invariants_of_a_log, are_broken_by_any_secret_of_the_state_directory_and_it_is_not_repeated)
{
    const cli_test::temporary_folder folder;
    const cli::state_directory state{folder.path() / "state"};
    state.create();
    cli::make_keys(state);
    const auto secrets = cli::log_secrets(state.keys());
    EXPECT_GE(secrets.size(), 12U);
    std::vector<bus::stored_event> log = cli_test::stored(story_);
    EXPECT_TRUE(breaches_of(log, secrets).empty());
    for (const log_invariants::secret& one : secrets) {
        std::vector<bus::stored_event> telling = log;
        telling[1].payload.insert(telling[1].payload.size() - 1, ",\"x\":\"" + one.text + "\"");
        const auto found = breaches_of(telling, secrets);
        ASSERT_FALSE(found.empty()) << one.name;
        EXPECT_EQ(found[0].seq, 2U);
        EXPECT_EQ(found[0].what.find(one.text), std::string::npos);
    }
}

TEST_F(invariants_of_a_log, know_no_secret_where_there_are_no_keys)
{
    const cli_test::temporary_folder folder;
    EXPECT_TRUE(cli::log_secrets(folder.path() / "keys").empty());
}

} // namespace
