#include "cli/send.hpp"
#include "cli/smtp_exchange.hpp"
#include "played_pipeline.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace {

using cli_test::ran;
using nlohmann::json;
using names = std::set<std::string>;

/// What --json prints: one line, with the fields that docs/cli.md promises and no others.
class machine_output : public testing::Test {
protected:
    static json one_line(const ran& printed)
    {
        EXPECT_EQ(printed.err, "");
        EXPECT_EQ(std::count(printed.out.begin(), printed.out.end(), '\n'), 1) << printed.out;
        EXPECT_TRUE(printed.out.ends_with('\n'));
        return json::parse(printed.out);
    }
    static names fields_of(const json& object)
    {
        names all;
        for (const auto& [name, value] : object.items())
            all.insert(name);
        return all;
    }

    cli_test::played_pipeline pipeline_;
    mail::test::story story_;
};

TEST_F(machine_output, of_wait_says_what_was_found_and_where)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    const json said = one_line(
        pipeline_.run({"wait", "accepted from alice@example.com", "--timeout", "20", "--json"}));
    EXPECT_EQ(fields_of(said), (names{"predicate", "value", "seq", "network_message_id", "text"}));
    EXPECT_EQ(said["predicate"], "accepted from alice@example.com");
    EXPECT_EQ(said["value"], said["text"]);
    EXPECT_EQ(said["seq"], 1);
}

TEST_F(machine_output, of_a_wait_in_vain_is_nothing)
{
    const ran in_vain = pipeline_.run({"wait", "in force", "--timeout", "0", "--json"});
    EXPECT_EQ(in_vain.code, 1);
    EXPECT_EQ(in_vain.out, "");
    EXPECT_NE(in_vain.err.find("no event at all"), std::string::npos) << in_vain.err;
}

TEST_F(machine_output, of_digest_has_a_place_and_a_digest_for_each_process)
{
    for (const char* process : {"gateway", "portal"})
        pipeline_.answer(
            "GET /" + std::string(process) + "/digest",
            {200, R"({"applied":0,"digest":"unknown"})", {}});
    const ran printed = pipeline_.run({"digest", "--timeout", "0", "--json"});
    EXPECT_EQ(printed.code, 1) << "they differ";
    const json said = one_line(printed);
    EXPECT_EQ(fields_of(said), (names{"seq", "digest", "equal", "processes"}));
    EXPECT_EQ(fields_of(said["processes"]), (names{"gateway", "portal"}));
    EXPECT_EQ(fields_of(said["processes"]["portal"]), (names{"applied", "digest"}));
}

TEST_F(machine_output, of_what_the_admin_api_says_is_its_answer)
{
    const std::string said = R"({"messages":[],"next":null,"later":"field"})";
    pipeline_.answer("GET /v1/messages", {200, said, {}});
    EXPECT_EQ(one_line(pipeline_.run({"trace", "--json"})), json::parse(said));
    pipeline_.answer("GET /v1/trace/0193", {200, said, {}});
    EXPECT_EQ(one_line(pipeline_.run({"trace", "0193", "--json"})), json::parse(said));
    pipeline_.answer("POST /v1/messages/0193/revoke", {200, said, {}});
    EXPECT_EQ(one_line(pipeline_.run({"revoke", "0193", "--json"})), json::parse(said));
}

TEST_F(machine_output, of_a_refusal_is_nothing)
{
    pipeline_.answer("POST /v1/messages/0193/revoke", {409, R"({"detail":"All inline."})", {}});
    const ran refused = pipeline_.run({"revoke", "0193", "--json"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(refused.err, "sealpost: All inline.\n");
}

TEST_F(machine_output, of_import_names_the_log_and_where_it_is_now)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    const cli_test::temporary_folder folder;
    const std::string file = (folder.path() / "log.ndjson").string();
    const std::string state = (folder.path() / "replay").string();
    EXPECT_EQ(pipeline_.run({"events", "export", "--redact", "--output", file}).code, 0);
    const json said =
        one_line(cli_test::run_sealpost({"--state", state, "events", "import", file, "--json"}));
    EXPECT_EQ(fields_of(said), (names{"events", "imported_from", "redacted", "state"}));
    EXPECT_EQ(said["redacted"], true);
    EXPECT_EQ(said["state"], state);
}

TEST(sent_mail, is_told_with_the_same_fields_whether_it_was_taken_or_not)
{
    const names promised{"accepted", "code", "stage", "message_id", "network_message_id", "lines"};
    cli::smtp_outcome outcome;
    outcome.stage = "DATA";
    outcome.code = 250;
    outcome.lines = {"2.0.0 accepted as 0193a8b2-0000-7000-8000-000000000000", "\xff"};
    const json taken = json::parse(cli::to_json(outcome, "<1@x>"));
    names fields;
    for (const auto& [name, value] : taken.items())
        fields.insert(name);
    EXPECT_EQ(fields, promised);
    EXPECT_EQ(taken["network_message_id"], "0193a8b2-0000-7000-8000-000000000000");
    outcome.code = 550;
    outcome.stage = "RCPT TO:<x@y.z>";
    const json refused = json::parse(cli::to_json(outcome, "<1@x>"));
    EXPECT_EQ(refused.size(), promised.size());
    EXPECT_EQ(refused["accepted"], false);
    EXPECT_EQ(refused["network_message_id"], "");
}

} // namespace
