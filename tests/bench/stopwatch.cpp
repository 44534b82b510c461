#include "tests/bench/stopwatch.hpp"

#include <algorithm>

namespace bench {
namespace {

double at_share(std::vector<double>& values, double share)
{
    if (values.empty())
        return 0;
    const auto place = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(
        values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
    return values[place];
}

} // namespace

stopwatch::stopwatch(double seconds)
    : begin_(
          clock::now() +
          std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds / 5))),
      end_(
          clock::now() +
          std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds))),
      last_(begin_)
{}

void stopwatch::note(clock::time_point began, std::size_t times)
{
    const auto now = clock::now();
    if (now < begin_ || now > end_)
        return;
    last_ = now;
    done_ += times;
    microseconds_.push_back(std::chrono::duration<double, std::micro>(now - began).count());
}

std::string stopwatch::json() const
{
    std::vector<double> values = microseconds_;
    const double seconds = std::chrono::duration<double>(last_ - begin_).count();
    const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
    return R"({"rate":)" + std::to_string(rate) + R"(,"p50_us":)" +
           std::to_string(at_share(values, 0.5)) + R"(,"p99_us":)" +
           std::to_string(at_share(values, 0.99)) + R"(,"done":)" + std::to_string(done_) + "}";
}

double seconds_since(clock::time_point began)
{
    return std::chrono::duration<double>(clock::now() - began).count();
}

std::string payload_of(std::size_t size)
{
    std::string text = R"({"specversion":"1.0","data":")";
    while (text.size() + 2 < size)
        text += static_cast<char>('a' + text.size() * 7 % 26);
    return text + R"("})";
}

} // namespace bench
