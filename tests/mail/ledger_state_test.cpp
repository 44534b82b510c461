#include "mail/ledger.hpp"
#include "tests/bench/generated_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mail {
namespace {

using timed_log = std::vector<bench::generated_log::entry>;

timed_log busy_log(std::size_t events)
{
    bench::log_habits habits;
    habits.revoked = 0.3; // often, so that restores and unenforced revokes occur
    habits.deferred = 0.3;
    habits.mailboxes = 20; // so that the limits on passcodes bite
    bench::generated_log source(habits);
    timed_log made;
    while (made.size() < events)
        made.push_back(source.next());
    return made;
}

void apply(ledger& to, const timed_log& from, std::size_t end)
{
    while (to.applied() < end) {
        const auto& [time, fact] = from[to.applied()];
        to.apply(to.applied() + 1, time, fact);
    }
}

std::string octets_of(const ledger& from)
{
    std::string octets;
    from.write([&](std::string_view piece) { octets += piece; });
    return octets;
}

/// What the ledger finds by its indexes and notes, which stand in no digest.
void expect_same_answers(const ledger& one, const ledger& other)
{
    EXPECT_EQ(one.unenforced_revokes().size(), other.unenforced_revokes().size());
    one.for_each_message([&](const message_state& message) {
        const network_message_id& id = message.accepted.message;
        const message_state* same = other.find(id);
        EXPECT_TRUE(same);
        if (!same)
            return false;
        EXPECT_EQ(
            one.with_message_id(message.accepted.message_id),
            other.with_message_id(message.accepted.message_id));
        EXPECT_EQ(one.open_grants(id, {}, UINT64_MAX), other.open_grants(id, {}, UINT64_MAX));
        EXPECT_EQ(one.read_before(id, {}, UINT64_MAX), other.read_before(id, {}, UINT64_MAX));
        EXPECT_EQ(one.latest_revoke(id).has_value(), other.latest_revoke(id).has_value());
        for (const recipient_state& each : message.recipients)
            EXPECT_EQ(
                one.find_link(each.accepted.link).has_value(),
                other.find_link(each.accepted.link).has_value());
        return true;
    });
}

TEST(ledger_state, what_was_written_and_read_goes_on_as_if_nothing_had_been_in_between)
{
    constexpr std::size_t events = 3000;
    const timed_log all = busy_log(events);
    ledger whole;
    apply(whole, all, events);
    ledger ahead;
    for (std::size_t cut = 0; cut < events; cut += cut < 100 ? 7 : 211) {
        apply(ahead, all, cut);
        ledger restored = ledger::read(octets_of(ahead));
        ASSERT_EQ(restored.digest(), ahead.digest()) << cut;
        expect_same_answers(ahead, restored);
        apply(restored, all, events);
        ASSERT_EQ(restored.digest(), whole.digest()) << cut;
        expect_same_answers(whole, restored);
    }
}

TEST(ledger_state, one_that_is_cut_off_or_goes_on_is_refused)
{
    ledger some;
    apply(some, busy_log(150), 150);
    const std::string octets = octets_of(some);
    for (std::size_t size = 0; size < octets.size(); size += size < 200 ? 1 : 97)
        EXPECT_THROW(ledger::read(octets.substr(0, size)), damaged_state) << size;
    EXPECT_THROW(ledger::read(octets + '\0'), damaged_state);
    EXPECT_NO_THROW(ledger::read(octets));
}

TEST(ledger_state, one_of_another_event_is_refused)
{
    ledger some;
    apply(some, busy_log(150), 150);
    const std::string octets = octets_of(some);
    EXPECT_EQ(ledger::read(octets, 150).digest(), some.digest());
    EXPECT_THROW(ledger::read(octets, 149), damaged_state);
    EXPECT_THROW(ledger::read(octets, 151), damaged_state);
}

TEST(ledger_state, one_of_another_version_is_refused)
{
    std::string octets = octets_of(ledger{});
    const auto version = octets.find("ledger 3");
    ASSERT_NE(version, std::string::npos);
    octets[version + 7] = '2';
    EXPECT_THROW(ledger::read(octets), damaged_state);
}

TEST(ledger_state, flipped_bits_are_read_or_refused_but_nothing_worse)
{
    ledger some;
    apply(some, busy_log(60), 60);
    const std::string octets = octets_of(some);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < octets.size(); at += 11) {
        std::string damaged = octets;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
        try {
            ledger::read(damaged).digest();
        } catch (const damaged_state&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 0U);
}

} // namespace
} // namespace mail
