#include "cli/digest.hpp"
#include "cli/endpoints.hpp"
#include "cli/failure.hpp"
#include "cli/mailboxes_client.hpp"
#include "cli/revoke.hpp"
#include "cli/status.hpp"
#include "cli/text_table.hpp"
#include "cli/up.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

TEST(text_table, columns_are_as_wide_as_their_characters)
{
    EXPECT_EQ(
        cli::text_table({"Name", "Size"}, {{"Übersicht", "1"}, {"a", "22"}}),
        "Name      Size\n----      ----\nÜbersicht 1\na         22\n");
}

TEST(revoke_request, holds_only_what_was_given)
{
    cli::revoke_options options;
    EXPECT_EQ(cli::revoke_request(options), "{}");
    options.recipients = {"a@b.c"};
    options.reason = "wrong";
    options.note = "sorry";
    EXPECT_EQ(
        nlohmann::json::parse(cli::revoke_request(options)),
        nlohmann::json({{"recipients", {"a@b.c"}}, {"reason", "wrong"}, {"note", "sorry"}}));
}

TEST(revoke_answer, says_when_who_had_read_and_who_keeps_a_copy)
{
    const nlohmann::json answer = {
        {"seq", 12},
        {"in_force", true},
        {"changed", true},
        {"milliseconds", 7},
        {"read_before", {"carol@gmail.com"}},
        {"not_revocable", {{{"address", "bob@outlook.com"}, {"reason", "Delivered inline."}}}}};
    EXPECT_EQ(
        cli::describe_answer(answer, false),
        "revoked, in force after 7 ms (event 12)\n"
        "  carol@gmail.com had read it before\n"
        "  bob@outlook.com keeps their copy: Delivered inline.\n");
    const nlohmann::json repeated = {{"seq", 12}, {"changed", false}, {"milliseconds", 0}};
    EXPECT_EQ(
        cli::describe_answer(repeated, false),
        "was revoked before, in force after 0 ms (event 12)\n");
    EXPECT_EQ(
        cli::describe_answer({{"seq", nullptr}, {"changed", false}}, true),
        "was not revoked after 0 ms\n");
}

TEST(message_status, shows_a_row_for_each_recipient)
{
    const nlohmann::json message = {
        {"subject", "Figures"},
        {"sender", "me@contoso.com"},
        {"message_id", "<1@contoso.com>"},
        {"network_message_id", "0193"},
        {"is_revocable", true},
        {"revoked", false},
        {"recipients",
         {{{"address", "carol@gmail.com"},
           {"delivery", "link"},
           {"delivery_status", "delivered"},
           {"revocable", true},
           {"revoked", false},
           {"reads", 2},
           {"first_read_at", "2026-11-24T10:00:00.000Z"},
           {"reason", "Google identity."}}}}};
    const std::string text = cli::describe_message(message);
    EXPECT_NE(text.find("Revocable:           yes\n"), std::string::npos) << text;
    EXPECT_NE(
        text.find("carol@gmail.com link     delivered yes       no      2, first "
                  "2026-11-24T10:00:00.000Z Google identity.\n"),
        std::string::npos)
        << text;
}

cli::digest_comparison comparison(std::uint64_t applied, const char* digest)
{
    cli::digest_comparison result;
    result.seq = 5;
    result.own = "aa";
    cli::process_state state;
    state.applied = applied;
    if (digest != nullptr)
        state.digest = digest;
    result.processes["portal"] = state;
    return result;
}

TEST(digest, is_equal_only_at_one_position_with_one_digest)
{
    EXPECT_TRUE(comparison(5, "aa").equal());
    EXPECT_FALSE(comparison(5, "bb").equal());
    EXPECT_TRUE(comparison(5, "bb").at_one_position());
    EXPECT_FALSE(comparison(4, "aa").at_one_position());
    EXPECT_FALSE(comparison(5, nullptr).equal());
    EXPECT_NE(
        cli::describe(comparison(4, "aa")).find("portal: stands at event 4"), std::string::npos);
    EXPECT_NE(cli::describe(comparison(5, "bb")).find("portal: differs"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(cli::to_json(comparison(5, "aa")))["equal"], true);
}

TEST(readiness, takes_what_a_process_says_and_no_more)
{
    const auto state = cli::read_process_state(true, R"({"ready":true,"applied":9,"digest":"ab"})");
    EXPECT_TRUE(state.ready);
    EXPECT_EQ(state.applied, 9u);
    EXPECT_EQ(state.digest, "ab");
    EXPECT_FALSE(cli::read_process_state(true, "{}").digest);
    EXPECT_EQ(cli::read_process_state(false, "<html>").applied, 0u);
    EXPECT_EQ(cli::read_process_state(true, R"({"applied":-1,"digest":7})").applied, 0u);
}

TEST(mailboxes, a_list_is_read_with_what_may_be_missing)
{
    const auto mails = cli::parse_messages(
        R"([{"id":"7","from":"a","subject":"s","delivery":"link","text":null,"html":"<p>","links":["http://x","https://p/m/T"],
             "attachments":[{"name":"f","size":3,"sha256":"00"}]},
            {"id":8,"delivery":"plain","text":"Your passcode is 12345678.","code":null,"links":[],"attachments":[]}])");
    ASSERT_EQ(mails.size(), 2u);
    EXPECT_EQ(cli::portal_link(mails[0]), "https://p/m/T");
    EXPECT_EQ(mails[0].attachments.front().size, 3u);
    EXPECT_EQ(mails[1].id, "8");
    EXPECT_EQ(mails[1].code, "12345678");
    EXPECT_EQ(cli::portal_link(mails[1]), "");
    EXPECT_THROW(cli::parse_messages("<html>"), cli::failure);
    EXPECT_THROW(cli::parse_messages("[{}]"), cli::failure);
}

TEST(passcode, is_eight_digits_that_stand_alone)
{
    EXPECT_EQ(cli::passcode_in("code: 12345678"), "12345678");
    EXPECT_EQ(cli::passcode_in("123456789 and 1234567, then 87654321"), "87654321");
    EXPECT_FALSE(cli::passcode_in("1234 5678"));
    EXPECT_FALSE(cli::passcode_in(""));
}

TEST(listing, names_every_address)
{
    cli::endpoints where;
    where.smtp = "127.0.0.1:2525";
    where.portals = {"https://127.0.0.1:8443"};
    where.admin = "https://127.0.0.1:8444";
    where.mailboxes = "http://127.0.0.1:8025";
    where.admin_token_file = "/s/keys/admin-token";
    where.authority = "/s/keys/ca.pem";
    where.state = "/s";
    const std::string text = cli::listing(where, false);
    for (const std::string& part :
         {where.smtp,
          where.portals[0],
          where.admin,
          where.mailboxes,
          std::string("/s/keys/ca.pem")})
        EXPECT_NE(text.find(part), std::string::npos) << part;
}

} // namespace
