#include "played_pipeline.hpp"

#include <nlohmann/json.hpp>

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
        const std::string said = R"({"ready":true,"applied":)" + std::to_string(applied) +
                                 R"(,"digest":")" + digest + "\"}";
        pipeline_.answer("GET /gateway/readyz", {200, said, {}});
        pipeline_.answer("GET /portal/readyz", {200, said, {}});
    }

    void mailbox_holds(const std::string& address, const std::string& json)
    {
        pipeline_.answer("GET /api/mailboxes/" + address + "/messages", {200, json, {}});
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

TEST_F(log_commands, the_link_of_a_named_message_is_told_from_others)
{
    story_.accept({"carol@gmail.com"});
    pipeline_.append(story_);
    mailbox_holds(
        "carol@gmail.com",
        R"([{"id":"2","delivery":"link","subject":"other","text":"","links":["https://p/m/OTHER"],"attachments":[]},
            {"id":"1","delivery":"link","subject":"this","text":"","links":["https://p/m/THIS"],"attachments":[]}])");
    pipeline_.answer(
        "GET /api/mailboxes/carol@gmail.com/messages/2/raw",
        {200, "Message-ID: <2@example.com>\r\n", {}});
    pipeline_.answer(
        "GET /api/mailboxes/carol@gmail.com/messages/1/raw",
        {200, "Message-ID: <1@example.com>\r\n", {}});
    EXPECT_EQ(wait("link for carol@gmail.com").out, "https://p/m/OTHER\n");
    EXPECT_EQ(wait("link for carol@gmail.com of " + first_message.text).out, "https://p/m/THIS\n");
    EXPECT_EQ(wait("link for carol@gmail.com of <1@example.com>").out, "https://p/m/THIS\n");
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
