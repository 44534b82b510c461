#include "mail/date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace mail {
namespace {

struct civil_time {
    int year;
    unsigned month, day, weekday;
    int hour, minute, second, millisecond;
};

civil_time civil(std::int64_t unix_milliseconds)
{
    using namespace std::chrono;
    constexpr std::int64_t end_of_9999 = 253'402'300'799'999;
    const sys_time<milliseconds> time{
        milliseconds(std::clamp<std::int64_t>(unix_milliseconds, 0, end_of_9999))};
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    return {
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        weekday(midnight).c_encoding(),
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count())};
}

} // namespace

std::string rfc5322_date(std::int64_t unix_milliseconds)
{
    static constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const civil_time t = civil(unix_milliseconds);
    std::array<char, 64> text;
    std::snprintf(
        text.data(),
        text.size(),
        "%s, %02u %s %04d %02d:%02d:%02d +0000",
        weekdays[t.weekday],
        t.day,
        months[t.month - 1],
        t.year,
        t.hour,
        t.minute,
        t.second);
    return text.data();
}

std::string iso8601_utc(std::int64_t unix_milliseconds)
{
    const civil_time t = civil(unix_milliseconds);
    std::array<char, 64> text;
    std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        t.year,
        t.month,
        t.day,
        t.hour,
        t.minute,
        t.second,
        t.millisecond);
    return text.data();
}

} // namespace mail
