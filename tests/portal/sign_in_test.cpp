#include "encryptor/secret.hpp"
#include "portal/sign_in.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace portal;

const mail::address carol = *mail::address::parse("carol@gmail.com");
const mail::address dave = *mail::address::parse("dave@example.org");
const mail::link_target to_carol{mail::network_message_id{"m1"}, carol};

mail::challenge_state challenge()
{
    mail::challenge_state state;
    state.issued.challenge.text = "c1";
    state.issued.message = mail::kept_id(to_carol.message);
    state.issued.recipient = mail::kept_address(carol);
    state.issued.valid_seconds = passcode_valid_seconds;
    state.time = 1'000'000;
    return state;
}

TEST(SignIn, what_is_typed_loses_spaces_and_hyphens_and_must_be_eight_digits)
{
    struct row {
        std::string_view typed, code;
    };
    const std::vector<row> rows = {
        {"12345678", "12345678"},
        {" 1234 5678 ", "12345678"},
        {"1234-5678", "12345678"},
        {"1234\t5678\r\n", "12345678"},
        {"00000000", "00000000"},
        {"", ""},
        {"1234567", ""},
        {"123456789", ""},
        {"1234567a", ""},
        {"١٢٣٤٥٦٧٨", ""},
        {"+1234567", ""},
        {"12345678'; --", ""},
    };
    for (const row& one : rows) {
        EXPECT_EQ(normalised_code(one.typed), one.code) << one.typed;
    }
    EXPECT_EQ(normalised_code(std::string(100'000, ' ') + "12345678"), "");
}

TEST(SignIn, before_a_try_the_ledger_is_looked_at)
{
    const mail::bus_time in_time = 1'000'000 + 899'999;
    mail::challenge_state state = challenge();
    EXPECT_EQ(before_try(&state, to_carol, "12345678", in_time), sign_in_outcome::opened);
    EXPECT_EQ(before_try(&state, to_carol, "", in_time), sign_in_outcome::malformed);
    EXPECT_EQ(before_try(&state, to_carol, "12345678", in_time + 1), sign_in_outcome::expired);
    EXPECT_EQ(before_try(nullptr, to_carol, "12345678", in_time), sign_in_outcome::foreign);
    state.tries = 4;
    EXPECT_EQ(before_try(&state, to_carol, "12345678", in_time), sign_in_outcome::opened);
    state.tries = 5;
    EXPECT_EQ(before_try(&state, to_carol, "12345678", in_time), sign_in_outcome::too_many_tries);
    state.used = true;
    EXPECT_EQ(before_try(&state, to_carol, "12345678", in_time), sign_in_outcome::used);
}

TEST(SignIn, a_challenge_of_another_reader_or_message_is_foreign_even_when_spent)
{
    mail::challenge_state state = challenge();
    const mail::link_target to_dave{to_carol.message, dave};
    const mail::link_target other_message{mail::network_message_id{"m2"}, carol};
    EXPECT_EQ(before_try(&state, to_dave, "12345678", 1'000'001), sign_in_outcome::foreign);
    EXPECT_EQ(before_try(&state, other_message, "12345678", 1'000'001), sign_in_outcome::foreign);
    state.used = true;
    EXPECT_EQ(before_try(&state, to_dave, "12345678", 1'000'001), sign_in_outcome::foreign);
}

TEST(SignIn, every_verdict_of_the_ledger_has_its_outcome_and_status)
{
    using verdict = mail::passcode_verdict;
    struct row {
        verdict ruled;
        sign_in_outcome outcome;
        unsigned status;
        bool again;
    };
    const std::vector<row> rows = {
        {verdict::opened, sign_in_outcome::opened, 303, false},
        {verdict::wrong, sign_in_outcome::wrong, 403, true},
        {verdict::used, sign_in_outcome::used, 403, false},
        {verdict::expired, sign_in_outcome::expired, 403, false},
        {verdict::too_many_tries, sign_in_outcome::too_many_tries, 429, false},
        {verdict::unknown, sign_in_outcome::foreign, 403, false},
    };
    for (const row& one : rows) {
        EXPECT_EQ(after_try(one.ruled), one.outcome);
        EXPECT_EQ(status_of(one.outcome), one.status);
        EXPECT_EQ(can_try_again(one.outcome), one.again);
    }
}

TEST(SignIn, tries_left_never_wrap_around)
{
    mail::challenge_state state = challenge();
    EXPECT_EQ(tries_left(state), 5U);
    state.tries = 3;
    EXPECT_EQ(tries_left(state), 2U);
    state.tries = 60;
    EXPECT_EQ(tries_left(state), 0U);
}

TEST(SignIn, a_code_is_right_for_its_own_challenge_and_key_only)
{
    const std::string key(32, 'k');
    mail::passcode_issued issued;
    issued.challenge = mail::challenge_id{"0190b8e0-0000-7000-8000-000000000001"};
    issued.code_hash = code_hash(key, issued.challenge, "04711815");
    EXPECT_TRUE(code_is_right(key, kept(issued), "04711815"));
    EXPECT_FALSE(code_is_right(key, kept(issued), "04711816"));
    EXPECT_FALSE(code_is_right(key, kept(issued), ""));
    EXPECT_FALSE(code_is_right(std::string(32, 'x'), kept(issued), "04711815"));
    issued.challenge.text.back() = '2';
    EXPECT_FALSE(code_is_right(key, kept(issued), "04711815"));
    EXPECT_EQ(issued.code_hash.find("04711815"), std::string::npos);
    EXPECT_EQ(issued.code_hash.size(), 64U);
}

TEST(SignIn, a_masked_mailbox_shows_where_to_look_and_no_more)
{
    EXPECT_EQ(masked(carol), "c***@gmail.com");
    EXPECT_EQ(masked(*mail::address::parse("x@a.example")), "x***@a.example");
    EXPECT_EQ(masked(mail::address{}), "");
}

} // namespace
