/// How fast a ledger is rebuilt from a log, and what it keeps in memory. Run it from a release
/// build: bench_ledger [EVENTS]. Prints one JSON object; each rate is the median of five rounds.

#include "mail/event_json.hpp"
#include "mail/ledger.hpp"
#include "tests/bench/generated_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr int rounds = 5;

struct stored {
    mail::bus_time time;
    std::string payload;
};

struct sample {
    std::vector<stored> log;
    std::uint64_t messages = 0;
};

sample make_log(const bench::log_habits& habits, std::size_t events)
{
    bench::generated_log log(habits);
    sample made;
    made.log.reserve(events);
    while (made.log.size() < events) {
        const auto [time, fact] = log.next();
        made.log.push_back({time, mail::to_json(fact)});
    }
    made.messages = log.messages();
    return made;
}

/// Seconds that `work` takes, the median of all rounds.
template <class Work>
double seconds(Work work)
{
    std::vector<double> taken;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - begin;
        taken.push_back(lasted.count());
    }
    std::sort(taken.begin(), taken.end());
    return taken[rounds / 2];
}

void replay(mail::ledger& ledger, const sample& from)
{
    std::uint64_t seq = 0;
    for (const stored& each : from.log)
        ledger.apply(++seq, each.time, mail::parse_event(each.payload));
}

double octets_in_use()
{
    const struct mallinfo2 heap = ::mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd);
}

/// Heap octets that a ledger over these events keeps, a message.
double memory(const bench::log_habits& habits, std::size_t events)
{
    const sample from = make_log(habits, events);
    const double before = octets_in_use();
    const auto ledger = std::make_unique<mail::ledger>();
    replay(*ledger, from);
    return (octets_in_use() - before) / static_cast<double>(from.messages);
}

void measure_speed(std::size_t events)
{
    bench::log_habits habits;
    habits.mailboxes = 20'000;
    const sample from = make_log(habits, events);
    std::size_t octets = 0;
    for (const stored& each : from.log)
        octets += each.payload.size();
    const double parse = seconds([&] {
        for (const stored& each : from.log)
            mail::parse_event(each.payload);
    });
    std::unique_ptr<mail::ledger> ledger;
    const double all = seconds([&] {
        ledger = std::make_unique<mail::ledger>();
        replay(*ledger, from);
    });
    const double digest = seconds([&] { ledger->digest(); });
    const auto count = static_cast<double>(events);
    std::printf(
        "\"events\": %zu, \"messages\": %llu, \"octets_an_event\": %.0f, "
        "\"parse_events_a_second\": %.0f, \"rebuild_events_a_second\": %.0f, "
        "\"digest_milliseconds\": %.1f, ",
        events,
        static_cast<unsigned long long>(from.messages),
        static_cast<double>(octets) / count,
        count / parse,
        count / all,
        digest * 1000);
}

} // namespace

int main(int argc, char* argv[])
{
    const std::size_t events = argc > 1 ? std::stoul(argv[1]) : 300'000;
    bench::log_habits one_link;
    one_link.recipients = {1};
    one_link.link = 1;
    one_link.reads = one_link.deferred = one_link.revoked = 0;
    bench::log_habits two_and_a_read = one_link;
    two_and_a_read.recipients = {0, 1};
    two_and_a_read.reads = 0.5;
    std::printf("{");
    measure_speed(events);
    std::printf(
        "\"octets_a_message_one_link_delivered\": %.0f, "
        "\"octets_a_message_two_links_one_read\": %.0f}\n",
        memory(one_link, events),
        memory(two_and_a_read, events));
}
