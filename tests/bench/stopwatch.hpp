#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using clock = std::chrono::steady_clock;

/// Times what is done over and over for a while. The first fifth of it warms up and does not count.
class stopwatch {
public:
    explicit stopwatch(double seconds);

    bool over() const { return clock::now() >= end_; }
    /// `times` things are done now that began together.
    void note(clock::time_point began, std::size_t times = 1);
    /// {"rate": things a second, "p50_us": …, "p99_us": …, "done": …}
    std::string json() const;

private:
    clock::time_point begin_;
    clock::time_point end_;
    clock::time_point last_;
    std::size_t done_ = 0;
    std::vector<double> microseconds_;
};

double seconds_since(clock::time_point began);

/// `size` printable octets that look like an event's.
std::string payload_of(std::size_t size);

} // namespace bench
