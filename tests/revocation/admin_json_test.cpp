#include "revocation/admin_json.hpp"
#include "tests/mail/story.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

using mail::test::mailbox;
using mail::test::story;
using nlohmann::json;

namespace {

TEST(admin_json, a_message_has_the_promised_fields)
{
    story told;
    told.accept({"carol@gmail.com"}, {}, 60);
    told.deliver("carol@gmail.com");
    EXPECT_EQ(
        revocation::message_json(told.ledger, told.message()),
        R"({"network_message_id":"0190a000-0000-7000-8000-000000000001",)"
        R"("message_id":"<1@example.com>","subject":"Numbers","sender":"alice@example.com",)"
        R"("accepted_at":"2027-01-15T08:00:00.000Z","seq":1,"size":1234,)"
        R"("protection":"Encrypt-Only","expires_at":"2027-01-15T08:01:00.000Z",)"
        R"("is_revocable":true,"revoked":false,"status_text":null,"revoke":null,)"
        R"("recipients":[{"address":"carol@gmail.com","identity":"google","client":"other",)"
        R"("delivery":"link","revocable":true,"rule":"directory",)"
        R"("reason":"The directory says so.","delivery_status":"delivered","attempts":1,)"
        R"("next_attempt_at":null,"smtp_reply":"250 2.0.0 ok","revoked":false,)"
        R"("first_read_at":null,"reads":0,"may_have_read":false}]})");
}

TEST(admin_json, a_time_of_an_imported_log_may_be_any_number)
{
    story told;
    told.now = std::numeric_limits<mail::bus_time>::max();
    told.accept({"carol@gmail.com"}, {}, 60);
    const json message = json::parse(revocation::message_json(told.ledger, told.message()));
    EXPECT_EQ(message["expires_at"], "9999-12-31T23:59:59.999Z");
}

TEST(admin_json, a_revoked_message_says_so_in_the_originals_words)
{
    story told;
    told.accept({"carol@gmail.com"});
    const auto seq = told.revoke({}, "please delete");
    const json message = json::parse(revocation::message_json(told.ledger, told.message()));
    EXPECT_TRUE(message["revoked"].get<bool>());
    EXPECT_EQ(message["status_text"], revocation::revoked_text(told.message().accepted));
    EXPECT_EQ(message["revoke"]["seq"], seq);
    EXPECT_EQ(message["revoke"]["actor"], "admin");
    EXPECT_EQ(message["revoke"]["reason"], "wrong recipient");
    EXPECT_EQ(message["revoke"]["note"], "please delete");
    EXPECT_FALSE(message["revoke"]["enforced"].get<bool>());
    EXPECT_TRUE(message["recipients"][0]["revoked"].get<bool>());
}

TEST(admin_json, reads_and_deferrals_are_shown_with_their_times)
{
    story told;
    told.accept({"carol@gmail.com"});
    told.deliver("carol@gmail.com", mail::delivery_outcome::deferred);
    told.sign_in("carol@gmail.com", "s");
    told.close(told.attempt("carol@gmail.com", "s"), 10);
    told.attempt("carol@gmail.com", "s");
    const json message = json::parse(revocation::message_json(told.ledger, told.message()));
    const json& reader = message["recipients"][0];
    EXPECT_EQ(reader["reads"], 1);
    EXPECT_EQ(reader["first_read_at"], "2027-01-15T08:00:00.000Z");
    EXPECT_TRUE(reader["may_have_read"].get<bool>());
    EXPECT_EQ(reader["next_attempt_at"], "2027-01-15T08:01:00.000Z");
}

TEST(admin_json, a_list_names_its_next_page)
{
    story told;
    told.accept({"carol@gmail.com"});
    revocation::found_messages found{{&told.message()}, 17};
    json list = json::parse(revocation::messages_json(told.ledger, found));
    EXPECT_EQ(list["messages"].size(), 1u);
    EXPECT_EQ(list["next"], "17");
    list = json::parse(revocation::messages_json(told.ledger, {}));
    EXPECT_TRUE(list["messages"].is_array());
    EXPECT_TRUE(list["next"].is_null());
}

TEST(admin_json, a_revokes_answer_has_the_promised_shape)
{
    revocation::access_answer answer;
    answer.seq = 42;
    answer.changed = true;
    answer.milliseconds = 7;
    answer.read_before = {mailbox("carol@gmail.com")};
    answer.not_revocable = {{mailbox("alice@fabrikam.com"), "inline"}};
    EXPECT_EQ(
        to_json(answer),
        R"({"seq":42,"in_force":true,"changed":true,"milliseconds":7,)"
        R"("read_before":["carol@gmail.com"],)"
        R"("not_revocable":[{"address":"alice@fabrikam.com","reason":"inline"}]})");
}

TEST(admin_json, nothing_done_has_no_seq)
{
    EXPECT_EQ(
        to_json(revocation::access_answer{}),
        R"({"seq":null,"in_force":true,"changed":false,"milliseconds":0,)"
        R"("read_before":[],"not_revocable":[]})");
}

TEST(admin_json, a_trace_lists_its_events)
{
    story told;
    told.accept({"carol@gmail.com"});
    EXPECT_EQ(
        revocation::trace_json(
            told.message(), {{told.now, 1, "RECEIVE", "carol@gmail.com", "link"}}),
        R"({"network_message_id":"0190a000-0000-7000-8000-000000000001",)"
        R"("message_id":"<1@example.com>","subject":"Numbers","sender":"alice@example.com",)"
        R"("events":[{"time":"2027-01-15T08:00:00.000Z","seq":1,"event":"RECEIVE",)"
        R"("recipient":"carol@gmail.com","detail":"link"}]})");
}

TEST(admin_json, a_problem_carries_what_helps_and_nothing_else)
{
    revocation::problem refusal;
    refusal.status = 409;
    refusal.detail = "Several.";
    refusal.network_ids = {{"one"}, {"two"}};
    EXPECT_EQ(
        to_json(refusal),
        R"({"type":"about:blank","title":"Conflict","status":409,"detail":"Several.",)"
        R"("network_message_ids":["one","two"]})");
    refusal = {};
    refusal.status = 422;
    refusal.faults = {{"/note", "too long"}};
    refusal.unknown_recipients = {mailbox("eve@evil.example")};
    const json body = json::parse(to_json(refusal));
    EXPECT_EQ(body["errors"][0]["path"], "/note");
    EXPECT_EQ(body["unknown_recipients"][0], "eve@evil.example");
    EXPECT_FALSE(body.contains("seq"));
}

TEST(admin_json, octets_that_are_no_text_cannot_break_an_answer)
{
    revocation::problem refusal;
    refusal.detail = "\xff\xfe";
    EXPECT_TRUE(json::accept(to_json(refusal)));
}

} // namespace
