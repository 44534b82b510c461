#include "tests/gateway/delivery.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace gateway {
namespace {

using mail::delivery_outcome;
using tests::certificates;
/// The bus, the next hop, a stored mail or a key is not as it should be.
using deliver_mail_faults = tests::delivery;

TEST_F(deliver_mail_faults, a_next_hop_that_is_away_is_tried_again_later)
{
    boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
    next_hop = "127.0.0.1:" + std::to_string(taken.local_endpoint().port());
    taken.close();
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::deferred);
    EXPECT_EQ(attempts()[0].next_attempt, bus.now + 60'000);
    wake(60'000);
    wait_for_attempts(2);
    EXPECT_EQ(attempts()[1].next_attempt, bus.now + 120'000) << "twice as long";
    EXPECT_EQ(bus.slots.size(), 1U) << "still needed";
    // The next start finds the same queue, and a next hop that is back.
    crash();
    next_hop.clear();
    start();
    wake(120'000);
    wait_for_attempts(3);
    EXPECT_EQ(attempts()[2].outcome, delivery_outcome::delivered);
    EXPECT_NE(server.bag.mails().at(0).octets.find(token.text()), std::string::npos)
        << "the same link";
}

TEST_F(deliver_mail_faults, a_log_that_is_ahead_of_the_clock_keeps_no_copy_waiting)
{
    clock_behind = 3'600'000;
    next_hop = "127.0.0.1:1";
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    moment += std::chrono::milliseconds{59'999};
    wake(0);
    EXPECT_EQ(attempts().size(), 1U);
    moment += std::chrono::milliseconds{1};
    wake(0);
    wait_for_attempts(2);
}

TEST_F(deliver_mail_faults, what_came_of_a_try_is_appended_until_it_stands_in_the_log)
{
    bus.append_failures = {bus::errc::unavailable, bus::errc::unknown_outcome, bus::errc::disk};
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    wait_for_slots(0);
    EXPECT_EQ(attempts().size(), 1U);
    EXPECT_EQ(server.bag.mails().size(), 1U) << "and it is not sent again meanwhile";
}

TEST_F(deliver_mail_faults, without_the_bus_nothing_is_sent)
{
    accept("bob@gmail.com");
    bus.up = false;
    bus.before_catch_up = [] {};
    start();
    run_until([this] { return !bus.before_catch_up; });
    EXPECT_TRUE(server.bag.mails().empty());
    bus.up = true;
    wake(10);
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::delivered);
}

TEST_F(deliver_mail_faults, what_stands_queued_in_an_imported_log_is_never_sent)
{
    accept("bob@gmail.com");
    bus.imported = true;
    start();
    run_until([this] { return finished; });
    EXPECT_TRUE(attempts().empty());
    EXPECT_TRUE(server.bag.mails().empty());
    EXPECT_FALSE(bus.slots.empty());
    bus.imported = false; // the control: the same queue in a log of its own
    start();
    wait_for_attempts(1);
    EXPECT_EQ(server.bag.mails().size(), 1U);
}

TEST_F(deliver_mail_faults, a_copy_whose_key_is_gone_fails)
{
    accept("bob@gmail.com");
    bus.slots.clear();
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::failed);
    EXPECT_EQ(attempts()[0].smtp_reply, "the key of this copy is no longer stored");
}

TEST_F(deliver_mail_faults, damaged_content_is_no_half_mail)
{
    put_in_directory("olga@contoso.com", certificates::get().olga.certificate_pem);
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    bus.contents[content][0].back() ^= 1;
    start();
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::deferred);
    EXPECT_EQ(attempts()[0].smtp_reply, "the stored mail is damaged");
    server.bag.wait_for_dropped(1);
    EXPECT_TRUE(server.bag.mails().empty());
}

TEST_F(deliver_mail_faults, what_the_bus_refuses_is_told_again_later_and_nothing_is_sent_twice)
{
    bus.append_failures = {bus::errc::refused, bus::errc::invalid};
    start();
    accept("bob@gmail.com");
    run_until([this] { return bus.appends == 1 && deliver->queue().in_flight() == 0; });
    EXPECT_EQ(deliver->queue().next_due(), bus.now + 60'000) << "not at once";
    wake(60'000);
    run_until([this] { return bus.appends == 2 && deliver->queue().in_flight() == 0; });
    wake(60'000);
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::delivered);
    EXPECT_EQ(server.bag.mails().size(), 1U);
    wait_for_slots(0);
    EXPECT_EQ(deliver->queue().waiting() + deliver->queue().in_flight(), 0U);
}

TEST_F(deliver_mail_faults, whatever_fails_before_the_final_dot_is_a_try_to_be_repeated)
{
    put_in_directory("olga@contoso.com", certificates::get().olga.certificate_pem);
    accept("olga@contoso.com", mail::delivery_mode::in_line);
    int asked = 0;
    bus.before_get = [&asked] {
        ++asked;
        throw std::runtime_error("what nobody foresaw");
    };
    start();
    wait_for_attempts(1); // the slot could not be fetched
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::deferred);
    EXPECT_EQ(attempts()[0].smtp_reply, "this copy could not be made")
        << "the cause is not for all";
    bus.before_get = [&asked] {
        if (++asked == 3) {
            throw std::runtime_error("what nobody foresaw");
        }
    };
    wake(60'000);
    wait_for_attempts(2); // the content could not, in the middle of DATA
    EXPECT_EQ(attempts()[1].next_attempt, bus.now + 120'000);
    server.bag.wait_for_dropped(1);
    EXPECT_TRUE(server.bag.mails().empty());
    wake(120'000);
    wait_for_attempts(3);
    EXPECT_EQ(attempts()[2].outcome, delivery_outcome::delivered);
    EXPECT_EQ(server.bag.mails().size(), 1U);
}

TEST_F(deliver_mail_faults, whatever_fails_before_a_try_leaves_the_copy_queued)
{
    accept("bob@gmail.com");
    bus.before_catch_up = [] { throw std::runtime_error("what nobody foresaw"); };
    start();
    run_until([this] { return !bus.before_catch_up && deliver->queue().in_flight() == 0; });
    EXPECT_EQ(deliver->queue().next_due(), bus.now + 60'000);
    wake(60'000);
    wait_for_attempts(1);
    EXPECT_EQ(attempts()[0].outcome, delivery_outcome::delivered);
}

} // namespace
} // namespace gateway
