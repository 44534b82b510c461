#include "gateway/slot_eraser.hpp"
#include "tests/gateway/delivery.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace gateway {
namespace {

using namespace std::chrono_literals;
using mail::delivery_outcome;
using tests::box;

/// Key slots of copies that are final, as delivery leaves them.
class final_slots : public tests::delivery {
protected:
    /// Delivered, and killed between the event and the erasing.
    void leave_a_slot()
    {
        accept("bob@gmail.com");
        bus.tell(mail::delivery_attempted{
            message, box("bob@gmail.com"), delivery_outcome::delivered, "250 ok", {}});
        EXPECT_EQ(bus.slots.size(), 1U);
    }
    const std::string other = "aa112233445566778899aabbccddeeff";
};

TEST_F(final_slots, are_erased_by_the_next_start)
{
    leave_a_slot();
    start();
    wait_for_slots(0);
}

TEST_F(final_slots, do_not_hold_up_delivery)
{
    leave_a_slot();
    submit("passcode", other);
    bus.erasing_ends = false;
    start();
    wait_for_attempts(2);
    EXPECT_EQ(server.bag.mails().size(), 1U);
    EXPECT_EQ(bus.slots.size(), 2U);
}

TEST_F(final_slots, are_erased_once_the_bus_is_back_without_a_new_start)
{
    bus.erase_failures = {bus::errc::unavailable, bus::errc::unknown_outcome, bus::errc::disk};
    start();
    accept("bob@gmail.com");
    wait_for_attempts(1);
    wait_for_slots(0);
    EXPECT_TRUE(bus.erase_failures.empty());
}

TEST_F(final_slots, that_the_bus_refuses_to_erase_do_not_keep_the_others)
{
    leave_a_slot();
    submit("passcode", other);
    bus.unerasable = {content};
    start();
    wait_for_slots(1);
    EXPECT_TRUE(bus.slots.begin()->first.first == content);
    bus.unerasable.clear();
    wait_for_slots(0);
}

TEST_F(final_slots, are_asked_for_once_and_not_again_after_a_start_from_what_was_written)
{
    accept("bob@gmail.com");
    bus.erasing_ends = false;
    start();
    wait_for_attempts(1);
    const auto octets_of = [](const auto& part) {
        std::string octets;
        part.write([&](std::string_view piece) { octets += piece; });
        return octets;
    };
    run_until([this] { return deliver->eraser().contents_left() == 1; });
    const std::string queue = octets_of(deliver->queue());
    const std::string slots = octets_of(deliver->eraser());
    crash();
    start();
    deliver->restore(queue, slots);
    EXPECT_EQ(octets_of(deliver->eraser()), slots) << "what was not confirmed is left";
    EXPECT_THROW(deliver->restore(queue, slots.substr(1)), mail::damaged_state);
    EXPECT_EQ(octets_of(deliver->eraser()), slots);
    bus.erasing_ends = true;
    wait_for_slots(0);
    run_until([this] { return deliver->eraser().contents_left() == 0; });
}

TEST(erasing_pause, grows_up_to_a_minute)
{
    EXPECT_EQ(erasing_pause(1s, 1), 1s);
    EXPECT_EQ(erasing_pause(1s, 2), 2s);
    EXPECT_EQ(erasing_pause(1s, 5), 16s);
    EXPECT_EQ(erasing_pause(1s, 1'000'000), 60s);
}

} // namespace
} // namespace gateway
