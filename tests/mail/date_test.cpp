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

} // namespace
} // namespace mail
