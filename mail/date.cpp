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

namespace {

/// Takes a text from its front, piece by piece; once something is not as wanted, nothing is.
class time_reader {
public:
    explicit time_reader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits)
    {
        int value = 0;
        for (; digits > 0; --digits)
            value = value * 10 + digit();
        return value;
    }
    void letter(char upper)
    {
        if (rest_.empty() || (rest_.front() & ~0x20) != upper)
            right_ = false;
        skip();
    }
    bool take(char wanted)
    {
        const bool there = !rest_.empty() && rest_.front() == wanted;
        if (there)
            skip();
        return there;
    }
    void expect(char wanted) { right_ = take(wanted) && right_; }
    /// Thousandths of what stands behind the point, if one does.
    int fraction()
    {
        if (!take('.'))
            return 0;
        int value = 0;
        int digits = 0;
        do {
            const int next = digit();
            value = digits < 3 ? value * 10 + next : value;
            ++digits;
        } while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9');
        for (; digits < 3; ++digits)
            value *= 10;
        return value;
    }
    bool at_right_end() const { return right_ && rest_.empty(); }

private:
    int digit()
    {
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
            right_ = false;
            return 0;
        }
        const int value = rest_.front() - '0';
        skip();
        return value;
    }
    void skip() { rest_.remove_prefix(rest_.empty() ? 0 : 1); }

    std::string_view rest_;
    bool right_ = true;
};

/// Minutes that the clock is ahead of UTC.
std::optional<int> read_zone(time_reader& from)
{
    const bool ahead = from.take('+');
    if (!ahead && !from.take('-')) {
        from.letter('Z');
        return 0;
    }
    const int hours = from.number(2);
    from.expect(':');
    const int minutes = from.number(2);
    if (hours > 23 || minutes > 59)
        return std::nullopt;
    return (ahead ? 1 : -1) * (hours * 60 + minutes);
}

} // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text)
{
    using namespace std::chrono;
    time_reader from(text);
    const year y{from.number(4)};
    from.expect('-');
    const month m{static_cast<unsigned>(from.number(2))};
    from.expect('-');
    const year_month_day date{y, m, day{static_cast<unsigned>(from.number(2))}};
    from.letter('T');
    const hours hour{from.number(2)};
    from.expect(':');
    const minutes minute{from.number(2)};
    from.expect(':');
    const seconds second{from.number(2)};
    const milliseconds thousandths{from.fraction()};
    const std::optional<int> zone = read_zone(from);
    if (!from.at_right_end() || !zone || !date.ok() || hour > 23h || minute > 59min || second > 60s)
        return std::nullopt; // a leap second is the second after it
    const milliseconds since =
        sys_days{date}.time_since_epoch() + hour + minute + second + thousandths - minutes{*zone};
    return since.count() < 0 ? std::nullopt : std::optional<std::int64_t>{since.count()};
}

} // namespace mail
