#include "played_pipeline.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace {

using cli_test::ran;

constexpr std::string_view message = R"({
  "network_message_id": "0193", "message_id": "<1@contoso.com>", "subject": "Figures", "sender": "me@contoso.com",
  "accepted_at": "2026-11-24T10:00:00.000Z", "is_revocable": true, "revoked": false, "status_text": null,
  "recipients": [{"address": "carol@gmail.com", "delivery": "link", "delivery_status": "delivered", "revocable": true,
                  "revoked": false, "reads": 0, "first_read_at": null, "reason": "Google identity."}]})";

class commands : public testing::Test {
protected:
    cli_test::played_pipeline pipeline_;
};

TEST_F(commands, status_shows_the_message_that_the_id_names)
{
    pipeline_.answer("GET /v1/messages/<1@contoso.com>", {200, std::string(message), {}});
    const ran shown = pipeline_.run({"status", "<1@contoso.com>"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_NE(shown.out.find("carol@gmail.com link"), std::string::npos) << shown.out;
    const ran as_json = pipeline_.run({"status", "<1@contoso.com>", "--json"});
    EXPECT_EQ(nlohmann::json::parse(as_json.out)["subject"], "Figures");
    EXPECT_EQ(pipeline_.requests().front().authorization, "Bearer open sesame");
}

TEST_F(commands, a_refusal_is_told_in_the_servers_words)
{
    pipeline_.answer(
        "GET /v1/messages/0193",
        {404, R"({"title":"Not Found","detail":"No message has this id."})", {}});
    const ran refused = pipeline_.run({"status", "0193"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(refused.err, "sealpost: No message has this id.\n");
}

TEST_F(commands, a_server_that_talks_nonsense_is_named)
{
    pipeline_.answer("GET /v1/messages/0193", {502, "<html>", {}});
    EXPECT_NE(pipeline_.run({"status", "0193"}).err.find("answered 502"), std::string::npos);
    pipeline_.answer("GET /v1/messages/0193", {200, "<html>", {}});
    EXPECT_NE(pipeline_.run({"status", "0193"}).err.find("without JSON"), std::string::npos);
    pipeline_.answer("GET /v1/messages/0193", {200, "{}", {}});
    EXPECT_EQ(pipeline_.run({"status", "0193"}).code, 1);
}

TEST_F(commands, trace_finds_messages_by_sender_and_recipient)
{
    pipeline_.answer(
        "GET /v1/messages?recipient=carol+x@gmail.com&sender=me@contoso.com",
        {200, R"({"messages":[)" + std::string(message) + R"(],"next":null})", {}});
    const ran found =
        pipeline_.run({"trace", "--sender", "me@contoso.com", "--recipient", "carol+x@gmail.com"});
    EXPECT_EQ(found.code, 0) << found.err;
    EXPECT_NE(
        found.out.find("2026-11-24T10:00:00.000Z 0193 me@contoso.com carol@gmail.com link"),
        std::string::npos)
        << found.out;
    pipeline_.answer("GET /v1/messages", {200, R"({"messages":[],"next":null})", {}});
    EXPECT_EQ(pipeline_.run({"trace"}).out, "no message found\n");
}

TEST_F(commands, trace_tells_what_happened_to_one)
{
    pipeline_.answer(
        "GET /v1/trace/0193",
        {200,
         R"({"subject":"Figures","message_id":"<1@contoso.com>","sender":"me@contoso.com",
             "events":[{"time":"t","seq":2,"event":"RECEIVE","recipient":"carol@gmail.com","detail":"link"}]})",
         {}});
    EXPECT_NE(
        pipeline_.run({"trace", "0193"}).out.find("t    RECEIVE carol@gmail.com link\n"),
        std::string::npos);
}

TEST_F(commands, revoke_sends_what_was_given_and_restore_goes_elsewhere)
{
    const std::string answer =
        R"({"seq":7,"in_force":true,"changed":true,"milliseconds":3,"read_before":[],"not_revocable":[]})";
    pipeline_.answer("POST /v1/messages/0193/revoke", {200, answer, {}});
    pipeline_.answer("POST /v1/messages/0193/restore", {200, answer, {}});
    const ran revoked =
        pipeline_.run({"revoke", "0193", "--recipient", "carol@gmail.com", "--note", "sorry"});
    EXPECT_EQ(revoked.out, "revoked, in force after 3 ms (event 7)\n") << revoked.err;
    EXPECT_EQ(
        nlohmann::json::parse(pipeline_.requests().back().body),
        nlohmann::json({{"recipients", {"carol@gmail.com"}}, {"note", "sorry"}}));
    EXPECT_EQ(nlohmann::json::parse(pipeline_.run({"restore", "0193", "--json"}).out)["seq"], 7);
    EXPECT_EQ(pipeline_.requests().back().line, "POST /v1/messages/0193/restore");
}

TEST_F(commands, apply_reads_the_file_and_sends_the_directory)
{
    const auto file = pipeline_.state().root() / "directory.toml";
    std::ofstream(file) << "[[domain]]\nname = \"x.example\"\nidentity = \"google\"\n";
    pipeline_.answer("POST /v1/directory", {200, R"({"seq":9})", {}});
    EXPECT_EQ(pipeline_.run({"apply", file.string()}).out, "applied: 1 domains, 0 recipients\n");
    EXPECT_EQ(
        nlohmann::json::parse(pipeline_.requests().back().body)["domains"][0]["domain"],
        "x.example");
    EXPECT_EQ(pipeline_.run({"apply", file.string(), "--json"}).out, "{\"seq\":9}\n");
    const std::size_t sent = pipeline_.requests().size();
    EXPECT_NE(
        pipeline_.run({"apply", file.string(), "--check"}).out.find("is right"), std::string::npos);
    EXPECT_EQ(pipeline_.requests().size(), sent);
}

TEST_F(commands, the_shell_runs_every_command_and_remembers_a_failure)
{
    pipeline_.answer("GET /v1/messages/0193", {200, std::string(message), {}});
    pipeline_.answer("POST /v1/messages/0193/revoke", {200, "{}", {}});
    const ran good = pipeline_.run(
        {"shell",
         "-c",
         "Set-OMEMessageRevocation -Revoke $true -MessageId 0193; Get-OMEMessageStatus 0193 | fl "
         "Revoked"});
    EXPECT_EQ(good.code, 0) << good.err;
    EXPECT_EQ(good.out, "Revoked: False\n");
    const ran mixed =
        pipeline_.run({"shell", "-c", "Get-Weather; Get-OMEMessageStatus 0193 | fl Subject"});
    EXPECT_EQ(mixed.code, 1);
    EXPECT_EQ(mixed.out, "Subject: Figures\n");
    EXPECT_EQ(mixed.err.substr(0, 14), "Get-Weather : ");
    EXPECT_EQ(pipeline_.run({"shell", "-c", "Get-X 'open"}).code, 1);
    EXPECT_NE(
        pipeline_.run({"shell", "-c", "help; exit; Get-Weather"}).out.find("-Revoke $true|$false"),
        std::string::npos);
}

/// Every command that talks to a running pipeline, with arguments that are right.
const std::vector<std::vector<std::string>> talking_commands = {
    {"status", "x"},
    {"status", "x", "--at", "1"},
    {"trace"},
    {"trace", "x"},
    {"revoke", "x"},
    {"restore", "x"},
    {"digest"},
    {"events"},
    {"events", "tail"},
    {"events", "export"},
    {"wait", "in force"},
    {"shell", "-c", "x"},
    {"send", "--from", "a@b.c", "--to", "d@e.f", "--text", "x"}};

TEST(commands_alone, where_nothing_runs_each_says_so_and_how_to_start)
{
    const cli_test::temporary_folder folder;
    std::ofstream(folder.path() / "a file") << "x";
    cli::state_directory(folder.path() / "stopped").create();
    for (const char* place : {"", "nowhere", "a file", "stopped"})
        for (std::vector<std::string> command : talking_commands) {
            const std::string state = (folder.path() / place).string();
            command.insert(command.begin(), {"--state", state});
            const ran ended = cli_test::run_sealpost(command);
            EXPECT_EQ(ended.code, 3) << command[2] << " in " << state;
            EXPECT_EQ(ended.out, "");
            EXPECT_NE(ended.err.find("start one with `sealpost up`"), std::string::npos);
        }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "nowhere")) << "asking makes nothing";
}

TEST(commands_alone, what_would_be_made_in_a_folder_of_others_is_not_made)
{
    const cli_test::temporary_folder folder;
    std::ofstream(folder.path() / "log.ndjson") << "x";
    const std::string state = folder.path().string();
    const std::string file = state + "/log.ndjson";
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"--state", state, "up"},
          {"--state", state, "events", "import", file},
          {"--state", state, "demo", "--once"}}) {
        const ran refused = cli_test::run_sealpost(command);
        EXPECT_EQ(refused.code, 1) << command[2];
        EXPECT_NE(refused.err.find("name an empty or a new directory"), std::string::npos)
            << refused.err;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(commands_alone, wrong_arguments_end_with_two_wherever_they_are_given)
{
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"fly"},
          {"wait", "for godot"},
          {"send", "--from", "nobody", "--to", "d@e.f", "--text", "x"},
          {"revoke", ""}}) {
        const ran ended = cli_test::run_sealpost(command);
        EXPECT_EQ(ended.code, 2) << command.front();
        EXPECT_EQ(ended.err.find("sealpost: "), 0u);
    }
    EXPECT_EQ(cli_test::run_sealpost({"--help"}).code, 0);
    EXPECT_EQ(cli_test::run_sealpost({"--version"}).out, "sealpost 0.1.0\n");
}

} // namespace
