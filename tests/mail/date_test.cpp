#include "mail/date.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mail {
namespace {

TEST(date, is_written_as_mail_headers_want_it)
{
    EXPECT_EQ(rfc5322_date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
    EXPECT_EQ(rfc5322_date(1'795'165'500'123), "Fri, 20 Nov 2026 09:05:00 +0000");
    EXPECT_EQ(rfc5322_date(1'709'164'799'999), "Wed, 28 Feb 2024 23:59:59 +0000");
    EXPECT_EQ(rfc5322_date(1'709'164'800'000), "Thu, 29 Feb 2024 00:00:00 +0000");
}

TEST(date, is_written_for_machines_with_milliseconds)
{
    EXPECT_EQ(iso8601_utc(1'795'165'500'123), "2026-11-20T09:05:00.123Z");
    EXPECT_EQ(iso8601_utc(1), "1970-01-01T00:00:00.001Z");
}

TEST(date, beyond_the_calendar_stops_at_its_ends)
{
    EXPECT_EQ(iso8601_utc(-1), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso8601_utc(std::numeric_limits<std::int64_t>::min()), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso8601_utc(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59.999Z");
}

TEST(date, is_read_as_it_was_written)
{
    for (const std::int64_t time :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'795'165'500'123}})
        EXPECT_EQ(parse_rfc3339(iso8601_utc(time)), time);
}

TEST(date, is_read_in_every_way_that_rfc_3339_allows)
{
    constexpr std::int64_t nine = 1'795'165'500'000;
    EXPECT_EQ(parse_rfc3339("2026-11-20T09:05:00Z"), nine);
    EXPECT_EQ(parse_rfc3339("2026-11-20t09:05:00z"), nine);
    EXPECT_EQ(parse_rfc3339("2026-11-20T10:05:00+01:00"), nine);
    EXPECT_EQ(parse_rfc3339("2026-11-19T23:35:00-09:30"), nine);
    EXPECT_EQ(parse_rfc3339("2026-11-20T09:05:00.5Z"), nine + 500);
    EXPECT_EQ(parse_rfc3339("2026-11-20T09:05:00.123999Z"), nine + 123);
    EXPECT_EQ(parse_rfc3339("2026-11-20T09:04:60Z"), nine);
    EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800'000);
}

TEST(date, that_is_none_is_refused)
{
    for (const char* wrong :
         {"",
          "now",
          "2026-11-20",
          "2026-11-20T09:05Z",
          "2026-11-20T09:05:00",
          "2026-11-20 09:05:00Z",
          "2026-11-20T09:05:00Z ",
          "2026-11-20T09:05:00ZZ",
          "2026-11-20T09:05:00.Z",
          "2026-11-20T09:05:00+1:00",
          "2026-11-20T09:05:00+24:00",
          "2026-11-20T24:00:00Z",
          "2026-11-20T09:60:00Z",
          "2026-11-20T09:05:61Z",
          "2026-13-20T09:05:00Z",
          "2026-02-29T09:05:00Z",
          "2026-00-01T09:05:00Z",
          "1969-12-31T23:59:59Z",
          "-026-11-20T09:05:00Z",
          "99999-11-20T09:05:00Z"})
        EXPECT_FALSE(parse_rfc3339(wrong)) << wrong;
}

} // namespace
} // namespace mail
