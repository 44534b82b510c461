#include "cli/event_filter.hpp"
#include "cli/events.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

mail::event fact(std::string id, mail::event_body body)
{
    return {{std::move(id)}, "/test", std::move(body)};
}

/// Two messages, each with a passcode, a read and a passcode mail.
std::vector<mail::event> sample_log()
{
    std::vector<mail::event> log;
    for (const std::string number : {"1", "2"}) {
        mail::message_accepted accepted;
        accepted.message.text = "m" + number;
        accepted.message_id.text = "<" + number + "@contoso.com>";
        log.push_back(fact("accepted" + number, accepted));
        mail::passcode_issued issued;
        issued.challenge.text = "c" + number;
        issued.message.text = "m" + number;
        log.push_back(fact("issued" + number, issued));
        mail::mail_submitted submitted;
        submitted.in_answer_to = "m" + number;
        log.push_back(fact("submitted" + number, submitted));
        mail::delivery_attempted delivered;
        delivered.message = "submitted" + number;
        log.push_back(fact("delivered" + number, delivered));
        mail::passcode_tried tried;
        tried.challenge.text = "c" + number;
        log.push_back(fact("tried" + number, tried));
        mail::access_attempted attempted;
        attempted.message.text = "m" + number;
        log.push_back(fact("attempted" + number, attempted));
        mail::access_closed closed;
        closed.attempt.text = "attempted" + number;
        log.push_back(fact("closed" + number, closed));
    }
    log.push_back(fact("directory", mail::directory_changed{}));
    return log;
}

std::vector<std::string> shown(cli::event_filter filter)
{
    std::vector<std::string> ids;
    for (const mail::event& one : sample_log())
        if (filter.shows(one))
            ids.push_back(one.id.text);
    return ids;
}

TEST(event_filter, without_conditions_everything_is_shown)
{
    EXPECT_EQ(shown(cli::event_filter({}, "")).size(), sample_log().size());
}

TEST(event_filter, types_may_be_short)
{
    EXPECT_EQ(
        shown(cli::event_filter({"access.closed", "sealpost.directory.changed"}, "")),
        (std::vector<std::string>{"closed1", "closed2", "directory"}));
}

TEST(event_filter, a_message_is_followed_through_what_only_refers_to_it)
{
    const std::vector<std::string> second = {
        "accepted2", "issued2", "submitted2", "delivered2", "tried2", "attempted2", "closed2"};
    EXPECT_EQ(shown(cli::event_filter({}, "m2")), second);
    EXPECT_EQ(shown(cli::event_filter({}, "<2@contoso.com>")), second);
    EXPECT_EQ(
        shown(cli::event_filter({"access.closed"}, "m2")), std::vector<std::string>{"closed2"});
    EXPECT_TRUE(shown(cli::event_filter({}, "m3")).empty());
}

TEST(event_line, holds_the_payload_byte_for_byte)
{
    bus::stored_event event;
    event.seq = 7;
    event.time = 1700000000000;
    event.prev[0] = 0xab;
    event.payload = R"({"z":1,  "a":"ü"})";
    const std::string line = cli::event_line(event);
    EXPECT_EQ(line.substr(0, 42), "{\"seq\":7,\"time\":1700000000000,\"prev\":\"ab00");
    EXPECT_TRUE(line.ends_with(",\"event\":" + event.payload + "}")) << line;
}

TEST(event_line, stays_one_line_of_json_whatever_the_payload_is)
{
    for (const std::string payload : {"no json", "{\n}", "", "\xff"}) {
        bus::stored_event event;
        event.payload = payload;
        const std::string line = cli::event_line(event);
        EXPECT_TRUE(nlohmann::json::accept(line)) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos);
    }
}

} // namespace
