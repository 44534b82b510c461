/// Appends generated events to the log of a bus that does not run, by the bus's own code:
/// bench_log FOLDER EVENTS, where FOLDER has journal.db and slab. Prints one JSON object.

#include "bus/journal.hpp"
#include "mail/event_json.hpp"
#include "tests/bench/generated_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

constexpr std::size_t events_at_once = 64;
constexpr std::size_t appends_a_group = 256;

std::int64_t wall_clock()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

bus::append_request next_append(bench::generated_log& log, std::size_t events)
{
    bus::append_request batch;
    while (batch.events.size() < events) {
        const auto [time, fact] = log.next();
        batch.events.push_back(
            {fact.id.text, std::string(mail::type_of(fact)), mail::to_json(fact)});
    }
    return batch;
}

std::uint64_t write_log(const std::filesystem::path& folder, std::size_t events)
{
    bench::log_habits habits;
    habits.mailboxes = 20'000;
    bus::journal journal({folder / "journal.db", folder / "slab"});
    const std::uint64_t after = journal.head().seq;
    bench::generated_log log(
        habits, static_cast<unsigned>(after), after); // ids of its own each time
    for (std::size_t left = events; left > 0;) {
        journal.begin(wall_clock());
        for (std::size_t appends = 0; appends < appends_a_group && left > 0; ++appends) {
            const std::size_t count = std::min(left, events_at_once);
            const auto done = journal.append("bench", next_append(log, count));
            if (done.refused)
                throw std::runtime_error("the log refuses an event");
            left -= count;
        }
        journal.commit();
        journal.tidy();
    }
    journal.finish();
    return journal.head().seq;
}

} // namespace

int main(int argc, char* argv[])
{
    if (argc != 3) {
        std::fprintf(stderr, "bench_log FOLDER EVENTS\n");
        return 2;
    }
    try {
        const std::uint64_t end = write_log(argv[1], std::stoul(argv[2]));
        std::printf("{\"head\": %llu}\n", static_cast<unsigned long long>(end));
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_log: %s\n", failure.what());
        return 1;
    }
    return 0;
}
