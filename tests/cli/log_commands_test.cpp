#include "encryptor/link_token.hpp"
#include "played_pipeline.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace {

using cli_test::ran;
using mail::test::first_message;
using mail::test::mailbox;
using mail::test::story;

class log_commands : public testing::Test {
protected:
    std::vector<nlohmann::json> events(std::vector<std::string> options)
    {
        options.insert(options.begin(), "events");
        const ran printed = pipeline_.run(options);
        EXPECT_EQ(printed.code, 0) << printed.err;
        std::istringstream lines(printed.out);
        std::vector<nlohmann::json> all;
        for (std::string line; std::getline(lines, line);)
            all.push_back(nlohmann::json::parse(line));
        return all;
    }

    /// Every process with a ledger says that.
    void processes_say(std::uint64_t applied, const std::string& digest)
    {
        const std::string place = R"("applied":)" + std::to_string(applied);
        const std::string said = "{" + place + R"(,"digest":")" + digest + "\"}";
        for (const std::string process : {"/gateway", "/portal"}) {
            pipeline_.answer(
                "GET " + process + "/readyz", {200, R"({"ready":true,)" + place + "}", {}});
            pipeline_.answer("GET " + process + "/digest", {200, said, {}});
        }
    }

    void mailbox_holds(const std::string& address, const std::string& json)
    {
        pipeline_.answer("GET /api/mailboxes/" + address + "/messages", {200, json, {}});
    }

    /// The link of a mail to that one alone.
    std::string accept_with_link(
        const std::string& address, const mail::network_message_id& message)
    {
        const auto token = encryptor::link_token::random();
        mail::message_accepted fact;
        fact.message = message;
        fact.message_id.text = "<1@example.com>";
        fact.content.text = "00112233445566778899aabbccddeeff";
        fact.recipients = {story::recipient(address, mail::delivery_mode::link)};
        fact.recipients[0].link.text = token.locator();
        story_.tell(fact);
        pipeline_.append(story_);
        return "https://p/m/" + token.text();
    }

    ran wait(const std::string& predicate, const std::string& timeout = "20")
    {
        return pipeline_.run({"wait", predicate, "--timeout", timeout});
    }

    cli_test::played_pipeline pipeline_;
    story story_;
};

TEST_F(log_commands, events_are_the_log_as_it_stands)
{
    EXPECT_TRUE(events({}).empty());
    story_.accept({"carol@gmail.com"});
    story_.deliver("carol@gmail.com");
    pipeline_.append(story_);
    const auto all = events({});
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0]["seq"], 1);
    EXPECT_EQ(all[0]["prev"], std::string(64, '0'));
    EXPECT_NE(all[1]["prev"], std::string(64, '0'));
    EXPECT_EQ(all[1]["event"]["type"], "sealpost.delivery.attempted");
    EXPECT_EQ(events({"--from", "2"}).size(), 1u);
    EXPECT_EQ(events({"--type", "message.accepted"}).size(), 1u);
    EXPECT_EQ(events({"--message", "<1@example.com>"}).size(), 2u);
    EXPECT_EQ(events({"--message", "<2@example.com>"}).size(), 0u);
}

TEST_F(log_commands, an_export_is_what_events_prints_between_two_lines)
{
    story_.accept({"carol@gmail.com"});
    story_.deliver("carol@gmail.com");
    pipeline_.append(story_);
    const std::string events = pipeline_.run({"events"}).out;
    const ran printed = pipeline_.run({"events", "export"});
    EXPECT_EQ(printed.code, 0) << printed.err;
    EXPECT_NE(printed.out.find("\n" + events + "{\"end\":"), std::string::npos) << printed.out;
    EXPECT_EQ(printed.err, "") << "no bar where there is no terminal";

    const auto file = pipeline_.state().root() / "log.ndjson";
    const ran written = pipeline_.run({"events", "export", "--output", file.string()});
    EXPECT_EQ(written.out, "exported 2 events to " + file.string() + "\n");
    EXPECT_EQ(cli::read_whole(file), printed.out);
    EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
    EXPECT_EQ(pipeline_.run({"events", "export", "--output", "/no/such/folder/log"}).code, 1);

    const std::string redacted = pipeline_.run({"events", "export", "--redact"}).out;
    EXPECT_EQ(redacted.find("carol"), std::string::npos) << redacted;
}

TEST_F(log_commands, an_export_is_imported_where_nothing_runs)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    const auto file = pipeline_.state().root() / "log.ndjson";
    pipeline_.run({"events", "export", "--output", file.string()});
    EXPECT_NE(
        pipeline_.run({"events", "import", file.string()}).err.find("already runs"),
        std::string::npos);
    const cli_test::temporary_folder folder;
    const std::string state = (folder.path() / "replay").string();
    const auto import = [&state](const std::string& from) {
        return cli_test::run_sealpost({"--state", state, "events", "import", from, "--json"});
    };
    EXPECT_EQ(import("/no/such/file").code, 1);
    EXPECT_FALSE(std::filesystem::exists(state)) << "nothing is made for nothing";
    const ran done = import(file.string());
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(nlohmann::json::parse(done.out)["events"], 1);
    EXPECT_EQ(nlohmann::json::parse(done.out)["imported_from"].get<std::string>().size(), 32u);
    const ran again = import(file.string());
    EXPECT_EQ(again.code, 1);
    EXPECT_NE(again.err.find("not empty"), std::string::npos) << again.err;
}

TEST_F(log_commands, tail_tells_the_last_events_in_words)
{
    story_.accept({"carol@gmail.com"});
    story_.deliver("carol@gmail.com");
    pipeline_.append(story_);
    const ran all = pipeline_.run({"events", "tail"});
    EXPECT_EQ(std::count(all.out.begin(), all.out.end(), '\n'), 2) << all.out;
    EXPECT_EQ(all.out.find('\033'), std::string::npos) << "no colours where there is no terminal";
    EXPECT_NE(all.out.find("alice@example.com to carol@gmail.com"), std::string::npos);
    const ran last = pipeline_.run({"events", "tail", "-n", "1", "--color", "always"});
    EXPECT_EQ(std::count(last.out.begin(), last.out.end(), '\n'), 1) << last.out;
    EXPECT_NE(last.out.find("\033[32mdelivered: 250 2.0.0 ok\033[0m"), std::string::npos)
        << last.out;
    EXPECT_EQ(pipeline_.run({"events", "tail", "-n", "0"}).out, "");
}

TEST_F(log_commands, status_at_answers_for_any_moment)
{
    story_.accept({"carol@gmail.com"});
    story_.deliver("carol@gmail.com");
    story_.revoke();
    pipeline_.append(story_);
    const auto at = [this](const std::string& moment) {
        const ran said = pipeline_.run({"status", first_message.text, "--at", moment, "--json"});
        EXPECT_EQ(said.code, 0) << said.err;
        return nlohmann::json::parse(said.out);
    };
    EXPECT_EQ(at("1")["recipients"][0]["delivery_status"], "pending");
    EXPECT_EQ(at("2")["recipients"][0]["delivery_status"], "delivered");
    EXPECT_EQ(at("2")["revoked"], false);
    EXPECT_EQ(at("3")["revoked"], true);
    EXPECT_EQ(at("2099-01-01T00:00:00Z"), at("3"));
    const ran people = pipeline_.run({"status", "<1@example.com>", "--at", "3"});
    EXPECT_NE(people.out.find("Revoked:             yes"), std::string::npos) << people.out;

    const ran ahead = pipeline_.run({"status", first_message.text, "--at", "4"});
    EXPECT_EQ(ahead.code, 1);
    EXPECT_NE(ahead.err.find("the log ends with event 3"), std::string::npos) << ahead.err;
    const ran before = pipeline_.run({"status", first_message.text, "--at", "0"});
    EXPECT_NE(before.err.find("after event 0"), std::string::npos) << before.err;
    EXPECT_EQ(
        pipeline_.run({"status", first_message.text, "--at", "1999-01-01T00:00:00Z"}).code, 1);
    EXPECT_EQ(pipeline_.run({"status", "nobody", "--at", "3"}).code, 1);
}

TEST_F(log_commands, digests_that_agree_end_with_zero)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    // The bus gives its own times: the digest is that of a replay with them.
    processes_say(1, "unknown");
    const ran differing = pipeline_.run({"digest", "--json"});
    EXPECT_EQ(differing.code, 1);
    const auto said = nlohmann::json::parse(differing.out);
    EXPECT_EQ(said["seq"], 1);
    EXPECT_EQ(said["equal"], false);
    processes_say(1, said["digest"]);
    const ran agreeing = pipeline_.run({"digest"});
    EXPECT_EQ(agreeing.code, 0) << agreeing.out;
    EXPECT_TRUE(agreeing.out.ends_with("all equal\n"));
}

TEST_F(log_commands, a_process_that_lags_is_named)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    processes_say(0, "unknown");
    const ran lagging = pipeline_.run({"digest", "--timeout", "0"});
    EXPECT_EQ(lagging.code, 1);
    EXPECT_NE(lagging.out.find("portal: stands at event 0"), std::string::npos) << lagging.out;
}

TEST_F(log_commands, wait_prints_what_made_it_true)
{
    story_.accept({"carol@gmail.com"});
    story_.deliver("carol@gmail.com");
    pipeline_.append(story_);
    EXPECT_EQ(
        wait("delivered to carol@gmail.com").out,
        "delivered to carol@gmail.com of " + first_message.text + ": 250 2.0.0 ok\n");
    const ran as_json = pipeline_.run({"wait", "accepted from alice@example.com", "--json"});
    EXPECT_EQ(nlohmann::json::parse(as_json.out)["network_message_id"], first_message.text);
    EXPECT_EQ(nlohmann::json::parse(as_json.out)["seq"], 1);
}

TEST_F(log_commands, wait_goes_on_with_what_is_appended_meanwhile)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    std::thread later([this] {
        story_.deliver("carol@gmail.com");
        pipeline_.append(story_);
    });
    EXPECT_EQ(wait("delivered to carol@gmail.com").code, 0);
    later.join();
}

TEST_F(log_commands, who_waits_in_vain_is_told_what_was_seen)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    const ran in_vain = wait("delivered to carol@gmail.com", "0");
    EXPECT_EQ(in_vain.code, 1);
    EXPECT_NE(in_vain.err.find("not within 0 s: delivered to carol@gmail.com"), std::string::npos);
    EXPECT_NE(in_vain.err.find("1 sealpost.message.accepted"), std::string::npos) << in_vain.err;
    EXPECT_EQ(
        pipeline_.run({"wait", "accepted from alice@example.com", "--since", "1", "--timeout", "0"})
            .code,
        1);
}

TEST_F(log_commands, the_code_of_the_newest_challenge_is_printed_alone)
{
    story_.accept({"carol@gmail.com"});
    for (const char* reference : {"AB12", "CD34"}) {
        mail::passcode_issued issued;
        issued.challenge.text = std::string("challenge-") + reference;
        issued.message = first_message;
        issued.recipient = mailbox("carol@gmail.com");
        issued.reference = reference;
        issued.code_hash = std::string(64, '0');
        story_.tell(issued);
    }
    pipeline_.append(story_);
    const std::string older =
        R"({"id":"1","delivery":"plain","text":"Reference AB12","code":"11111111","links":[],"attachments":[]})";
    const std::string newer =
        R"({"id":"2","delivery":"plain","text":"Reference CD34","code":"22222222","links":[],"attachments":[]})";
    mailbox_holds("carol@gmail.com", "[" + older + "]");
    const ran too_early = wait("passcode for carol@gmail.com", "0");
    EXPECT_EQ(too_early.code, 1);
    EXPECT_NE(too_early.err.find("holds 1 mails"), std::string::npos) << too_early.err;
    mailbox_holds("carol@gmail.com", "[" + newer + "," + older + "]");
    EXPECT_EQ(wait("passcode for carol@gmail.com").out, "22222222\n");
}

TEST_F(log_commands, a_mail_is_found_on_a_later_page_of_its_mailbox)
{
    const std::string page = "GET /api/mailboxes/carol@gmail.com/messages";
    const std::string plain =
        R"([{"id":"7","delivery":"plain","text":"","links":[],"attachments":[]}])";
    pipeline_.answer(page, {200, plain, {{"Link", "<?cursor=7>; rel=\"next\""}}});
    const std::string link = accept_with_link("carol@gmail.com", first_message);
    pipeline_.answer(
        page + "?cursor=7",
        {200,
         R"([{"id":"1","delivery":"link","text":"","links":[")" + link + R"("],"attachments":[]}])",
         {}});
    EXPECT_EQ(wait("link for carol@gmail.com").out, link + "\n");
}

TEST_F(log_commands, the_link_of_a_named_message_is_told_from_others_with_its_message_id)
{
    const std::string first = accept_with_link("carol@gmail.com", first_message);
    const std::string second =
        accept_with_link("carol@gmail.com", {"0190a000-0000-7000-8000-000000000002"});
    mailbox_holds(
        "carol@gmail.com",
        R"([{"id":"3","delivery":"link","subject":"stranger","text":"","links":["https://p/m/STRANGER"],"attachments":[]},
            {"id":"2","delivery":"link","subject":"other","text":"","links":[")" +
            second + R"("],"attachments":[]},
            {"id":"1","delivery":"link","subject":"this","text":"","links":[")" +
            first + R"("],"attachments":[]}])");
    EXPECT_EQ(wait("link for carol@gmail.com").out, second + "\n");
    EXPECT_EQ(wait("link for carol@gmail.com of " + first_message.text).out, first + "\n");
    EXPECT_EQ(
        pipeline_.run({"wait", "link for carol@gmail.com", "--since", "1"}).out, second + "\n");
    const ran late =
        pipeline_.run({"wait", "link for carol@gmail.com", "--since", "2", "--timeout", "0"});
    EXPECT_EQ(late.code, 1);
    EXPECT_EQ(wait("link for nobody@gmail.com", "0").code, 1);
}

TEST_F(log_commands, applied_through_asks_every_process_with_a_ledger)
{
    processes_say(4, "x");
    EXPECT_EQ(wait("applied through 4").out, "applied through 4\n");
    const ran lagging = wait("applied through 5", "0");
    EXPECT_EQ(lagging.code, 1);
    EXPECT_NE(lagging.err.find("gateway stands at event 4"), std::string::npos) << lagging.err;
}

} // namespace
