#include "revocation/applied_log.hpp"
#include "tests/bench/generated_log.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace revocation {
namespace {

using log = std::vector<bench::generated_log::entry>;

constexpr boot_time at_start = std::chrono::hours{3};

log busy_log(std::size_t events)
{
    bench::log_habits habits;
    habits.revoked = 0.5;
    bench::generated_log source(habits);
    log made;
    while (made.size() < events)
        made.push_back(source.next());
    return made;
}

void apply(applied_log& to, const log& from, std::size_t end)
{
    while (to.ledger.applied() < end) {
        const auto& [time, fact] = from[to.ledger.applied()];
        to.apply(to.ledger.applied() + 1, time, fact, at_start);
    }
}

std::string octets_of(const auto& state)
{
    std::string octets;
    state.write([&](std::string_view piece) { octets += piece; });
    return octets;
}

applied_log restored_from(const applied_log& written, boot_time now)
{
    applied_log result;
    result.ledger = mail::ledger::read(octets_of(written.ledger));
    result.trace = message_trace::read(octets_of(written.trace));
    result.revokes = revoke_register::read(octets_of(written.revokes), now);
    return result;
}

TEST(applied_log_state, what_was_written_and_read_goes_on_as_if_nothing_had_been_in_between)
{
    constexpr std::size_t events = 1500;
    const log all = busy_log(events);
    applied_log whole;
    apply(whole, all, events);
    applied_log ahead;
    for (std::size_t cut = 0; cut < events; cut += 101) {
        apply(ahead, all, cut);
        applied_log restored = restored_from(ahead, at_start);
        EXPECT_EQ(restored.revokes.unenforced(), ahead.revokes.unenforced()) << cut;
        apply(restored, all, events);
        EXPECT_EQ(octets_of(restored.trace), octets_of(whole.trace)) << cut;
        EXPECT_EQ(octets_of(restored.revokes), octets_of(whole.revokes)) << cut;
    }
}

/// No clock of the process before counts: what it had received long ago, this one receives now.
TEST(applied_log_state, a_revoke_that_was_not_in_force_begins_anew)
{
    const log all = busy_log(1500);
    applied_log ahead;
    for (std::size_t end = 1; ahead.revokes.unenforced().empty(); ++end) {
        ASSERT_LE(end, all.size());
        apply(ahead, all, end);
    }
    const boot_time later = at_start + std::chrono::hours{1};
    const applied_log restored = restored_from(ahead, later);
    const std::uint64_t seq = ahead.revokes.unenforced().front();
    ASSERT_NE(restored.revokes.find(seq), nullptr);
    EXPECT_EQ(restored.revokes.find(seq)->began, later);
}

TEST(applied_log_state, what_is_cut_off_is_refused)
{
    applied_log some;
    apply(some, busy_log(200), 200);
    const std::string trace = octets_of(some.trace);
    for (std::size_t size = 0; size < trace.size(); size += 53)
        EXPECT_THROW(message_trace::read(trace.substr(0, size)), mail::damaged_state) << size;
    const std::string revokes = octets_of(some.revokes);
    for (std::size_t size = 0; size < revokes.size(); ++size)
        EXPECT_THROW(revoke_register::read(revokes.substr(0, size), at_start), mail::damaged_state)
            << size;
}

} // namespace
} // namespace revocation
