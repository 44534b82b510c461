#include "cli/event_filter.hpp"

#include <gtest/gtest.h>

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

cli::event_selection selection(std::vector<std::string> types, std::string message)
{
    cli::event_selection wanted;
    wanted.types = std::move(types);
    wanted.message = std::move(message);
    return wanted;
}

std::vector<std::string> shown(const cli::event_selection& wanted)
{
    cli::event_filter filter(wanted);
    std::vector<std::string> ids;
    std::uint64_t seq = 0;
    for (const mail::event& one : sample_log()) {
        ++seq;
        if (filter.shows(seq, static_cast<mail::bus_time>(seq) * 1000, one))
            ids.push_back(one.id.text);
    }
    return ids;
}

TEST(event_filter, without_conditions_everything_is_shown)
{
    EXPECT_EQ(shown(selection({}, "")).size(), sample_log().size());
}

TEST(event_filter, types_may_be_short)
{
    EXPECT_EQ(
        shown(selection({"access.closed", "sealpost.directory.changed"}, "")),
        (std::vector<std::string>{"closed1", "closed2", "directory"}));
}

TEST(event_filter, a_message_is_followed_through_what_only_refers_to_it)
{
    const std::vector<std::string> second = {
        "accepted2", "issued2", "submitted2", "delivered2", "tried2", "attempted2", "closed2"};
    EXPECT_EQ(shown(selection({}, "m2")), second);
    EXPECT_EQ(shown(selection({}, "<2@contoso.com>")), second);
    EXPECT_EQ(shown(selection({"access.closed"}, "m2")), std::vector<std::string>{"closed2"});
    EXPECT_TRUE(shown(selection({}, "m3")).empty());
}

TEST(event_filter, a_range_is_of_seqs_or_times)
{
    const auto at = [](const char* text) { return cli::log_moment::parse(text); };
    const auto within = [&](std::optional<cli::log_moment> from,
                            std::optional<cli::log_moment> through) {
        cli::event_selection wanted;
        wanted.from = from;
        wanted.through = through;
        return shown(wanted).size();
    };
    EXPECT_EQ(within({}, {}), 15u);
    EXPECT_EQ(within(at("0"), {}), 15u);
    EXPECT_EQ(within(at("3"), at("4")), 2u);
    EXPECT_EQ(within(at("15"), {}), 1u);
    EXPECT_EQ(within(at("16"), {}), 0u);
    EXPECT_EQ(within({}, at("0")), 0u);
    // Event n happened n seconds after 1970.
    EXPECT_EQ(within(at("1970-01-01T00:00:03Z"), at("1970-01-01T00:00:04Z")), 2u);
    EXPECT_EQ(within(at("1970-01-01T00:00:03.001Z"), at("4")), 1u);
}

TEST(event_filter, a_message_is_followed_from_before_the_range)
{
    cli::event_selection wanted;
    wanted.message = "m1";
    wanted.from = cli::log_moment::parse("7");
    EXPECT_EQ(shown(wanted), std::vector<std::string>{"closed1"});
}

TEST(event_filter, what_cannot_be_read_is_shown_rather_than_hidden)
{
    bus::stored_event event;
    event.seq = 5;
    event.payload = "no event";
    EXPECT_TRUE(cli::event_filter(selection({"access.closed"}, "m1")).shows(event));
    cli::event_selection later;
    later.from = cli::log_moment::parse("6");
    EXPECT_FALSE(cli::event_filter(later).shows(event));
}

} // namespace
