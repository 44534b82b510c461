#include "portal/granted_body.hpp"
#include "tests/portal/portal_under_test.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using tests::portal_under_test;

/// A message that takes several pieces to send.
class LongReading : public portal_under_test {
protected:
    void SetUp() override { sign_in(message); }

    std::string text() const
    {
        std::string lines;
        while (lines.size() < 300'000) {
            lines += "A line of a long message, one of many.\r\n";
        }
        return lines;
    }
    sent_message message = send("carol@gmail.com", "Subject: Figures\r\n\r\n" + text());
};

TEST_F(LongReading, is_renewed_every_second_under_ids_of_their_own)
{
    service::http_response page = ask("view", message.token);
    const auto first_end = page.source->not_after();
    EXPECT_EQ(*first_end, boot + std::chrono::seconds{2});
    run(page.source->next());
    EXPECT_EQ(log.count("sealpost.access.renewed"), 0U);
    boot += std::chrono::milliseconds{1000};
    run(page.source->next());
    EXPECT_EQ(log.count("sealpost.access.renewed"), 1U);
    EXPECT_EQ(*page.source->not_after(), boot + std::chrono::seconds{2});
    boot += std::chrono::milliseconds{999};
    run(page.source->next());
    EXPECT_EQ(log.count("sealpost.access.renewed"), 1U);
    boot += std::chrono::milliseconds{1};
    read(page);
    EXPECT_EQ(log.count("sealpost.access.renewed"), 2U);
}

TEST_F(LongReading, is_cut_off_by_a_revoke_before_the_next_octet)
{
    service::http_response page = ask("view", message.token);
    run(page.source->next());
    revoke(message);
    EXPECT_LT(*page.source->not_after(), boot) << "not even what was given out already";
    EXPECT_THROW(run(page.source->next()), std::runtime_error);
    page.source->ended(65'536, service::body_ending::cut);
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().ending, "revoked");
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 65'536U);
}

TEST_F(LongReading, is_cut_off_when_the_renewal_is_not_confirmed)
{
    service::http_response page = ask("view", message.token);
    run(page.source->next());
    boot += std::chrono::milliseconds{1500};
    log.down = true;
    EXPECT_THROW(run(page.source->next()), std::runtime_error);
    EXPECT_LT(*page.source->not_after(), boot);
    log.down = false;
    page.source->ended(65'536, service::body_ending::cut);
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().ending, "grant ended");
}

TEST_F(LongReading, a_slow_bus_shortens_the_grant_and_never_lengthens_it)
{
    const auto sent = boot;
    log.before_append = [&](const bus::append_batch& batch) {
        if (batch.events.front().type == mail::access_attempted::type) {
            boot += std::chrono::milliseconds{900};
        }
    };
    service::http_response page = ask("view", message.token);
    EXPECT_EQ(*page.source->not_after(), sent + std::chrono::seconds{2});
    page.source->ended(0, service::body_ending::cut);
}

TEST_F(LongReading, a_grant_that_ran_out_before_the_first_octet_gives_503)
{
    log.before_append = [&](const bus::append_batch& batch) {
        if (batch.events.front().type == mail::access_attempted::type) {
            boot += std::chrono::milliseconds{2500};
        } else {
            log.down = true; // the renewal finds nobody
        }
    };
    const service::http_response page = ask("view", message.token);
    EXPECT_EQ(page.status, 503U);
    EXPECT_FALSE(page.source);
    EXPECT_FALSE(has(page.body, "line of a long message"));
}

TEST_F(LongReading, a_reader_has_two_at_a_time)
{
    service::http_response first = ask("view", message.token);
    service::http_response second = ask("view", message.token);
    EXPECT_EQ(second.status, 200U);
    const std::size_t before = log.events.size();
    const service::http_response third = ask("view", message.token);
    EXPECT_EQ(third.status, 429U);
    EXPECT_EQ(header(third, "Retry-After"), "5");
    EXPECT_TRUE(has(third.body, "Two at a time"));
    EXPECT_TRUE(has(third.body, "Wait until one of them has arrived, then try again."));
    EXPECT_TRUE(has(third.body, "href=\"/m/" + message.token + "\""));
    EXPECT_EQ(log.events.size(), before);
    read(first);
    first = {};
    service::http_response again = ask("view", message.token);
    EXPECT_EQ(again.status, 200U);
    read(again);
    read(second);
}

TEST_F(LongReading, two_slow_downloads_of_one_reader_do_not_shut_another_out)
{
    const std::string carol = cookie;
    const sent_message for_dave = send("dave@example.org", "Subject: x\r\n\r\nx\r\n");
    cookie.clear();
    sign_in(for_dave);
    const std::string dave = std::exchange(cookie, carol);
    const service::http_response slow = ask("view", message.token);
    const service::http_response slower = ask("view", message.token);
    ASSERT_EQ(slower.status, 200U);
    cookie = dave;
    const service::http_response page = ask("view", for_dave.token);
    EXPECT_EQ(page.status, 200U);

    const sent_message for_eve = send("eve@example.org", "Subject: x\r\n\r\nx\r\n");
    cookie.clear();
    sign_in(for_eve);
    const std::size_t before = log.events.size();
    const service::http_response fourth = ask("view", for_eve.token);
    EXPECT_EQ(fourth.status, 503U) << "all places of this portal are taken";
    EXPECT_TRUE(has(fourth.body, "Many messages"));
    EXPECT_EQ(log.events.size(), before);
}

TEST_F(LongReading, that_is_cut_off_for_its_pace_says_so)
{
    service::http_response page = ask("view", message.token);
    run(page.source->next());
    page.source->ended(20'000, service::body_ending::too_slow);
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().ending, "too slow");
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 20'000U);
}

TEST_F(LongReading, a_body_that_is_dropped_without_a_word_counts_what_was_given_out)
{
    {
        service::http_response page = ask("view", message.token);
        run(page.source->next());
    }
    settle();
    EXPECT_EQ(log.last<mail::access_closed>().bytes, 65'536U);
    EXPECT_EQ(log.last<mail::access_closed>().ending, "aborted");
}

} // namespace
