/// One measurement of the bus or of a peer, as one JSON object: bench_bus WHAT NAME=VALUE….
/// tests/bench/bus_bench.py starts the servers and calls it.

#include "service/kept_memory.hpp"
#include "tests/bench/loads.hpp"

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

namespace {

struct known_load {
    std::string_view name;
    std::string (*measure)(const bench::options&);
};

constexpr std::array<known_load, 16> known_loads{{
    {"append-sealpost", bench::append_to_sealpost},
    {"append-sqlite", bench::append_to_sqlite},
    {"append-redis", bench::append_to_redis},
    {"append-jetstream", bench::append_to_jetstream},
    {"append-zeromq", bench::append_to_zeromq},
    {"deliver-sealpost", bench::deliver_by_sealpost},
    {"deliver-redis", bench::deliver_by_redis},
    {"deliver-zeromq", bench::deliver_by_zeromq},
    {"replay-sealpost", bench::replay_sealpost},
    {"replay-redis", bench::replay_redis},
    {"replay-zeromq", bench::replay_zeromq},
    {"content", bench::put_and_get_content},
    {"content-zeromq", bench::content_by_zeromq},
    {"sealing", bench::seal_and_open},
    {"disk", bench::write_to_disk},
    {"zeromq-broker", bench::serve_zeromq},
}};

} // namespace

int main(int argc, char* argv[])
{
    const std::string_view wanted = argc > 1 ? argv[1] : "";
    service::keep_freed_memory(); // as every process does
    for (const known_load& known : known_loads) {
        if (known.name != wanted)
            continue;
        try {
            std::puts(known.measure(bench::options{argc, argv}).c_str());
            return 0;
        } catch (const std::exception& failure) {
            std::fprintf(stderr, "bench_bus %s: %s\n", argv[1], failure.what());
            return 1;
        }
    }
    std::fputs("bench_bus WHAT NAME=VALUE…; tests/bench/bus_bench.py knows which\n", stderr);
    return 2;
}
