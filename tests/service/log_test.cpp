#include "service/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

using service::log_line;
using service::severity;

namespace {

std::string line_with(std::initializer_list<service::log_field> fields)
{
    return log_line("gateway", "2026-01-02T03:04:05.678Z", severity::info, "m-1", "sent", fields);
}

std::string value_of(std::string_view text)
{
    return nlohmann::json::parse(line_with({{"text", text}})).at("text");
}

TEST(log, a_line_begins_with_the_message_and_names_who_what_and_when)
{
    EXPECT_EQ(
        line_with({{"to", "bob@example.org"}, {"octets", 12}, {"tls", true}}),
        R"({"message":"m-1","time":"2026-01-02T03:04:05.678Z","level":"info","process":"gateway",)"
        R"("event":"sent","to":"bob@example.org","octets":12,"tls":true})");
}

TEST(log, hostile_text_can_neither_end_a_line_nor_forge_a_field)
{
    const std::string line = line_with({{"helo", "x\r\n{\"event\":\"forged\"}"}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\r'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(line).at("event"), "sent");
}

TEST(log, hostile_text_can_not_command_a_terminal)
{
    const std::string line = line_with({{"helo", "\x1b[2J\xC2\x9B\x7f"}});
    EXPECT_NE(line.find(R"(\u001b[2J\u009b\u007f)"), std::string::npos) << line;
}

TEST(log, what_is_not_utf8_is_replaced)
{
    EXPECT_EQ(value_of("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(value_of("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong slash";
    EXPECT_EQ(value_of("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "surrogate";
    EXPECT_EQ(value_of("\xE2\x82"), "\uFFFD\uFFFD") << "cut short";
    EXPECT_EQ(value_of("Grüße ✉"), "Grüße ✉");
}

TEST(log, a_long_value_is_cut)
{
    EXPECT_LT(line_with({{"subject", std::string(100'000, 'x')}}).size(), 4500U);
}

TEST(log, numbers_that_json_does_not_have_become_null)
{
    const double none = std::numeric_limits<double>::quiet_NaN();
    const double endless = -std::numeric_limits<double>::infinity();
    const auto line = nlohmann::json::parse(line_with({{"a", none}, {"b", endless}, {"c", 1.5}}));
    EXPECT_TRUE(line.at("a").is_null());
    EXPECT_TRUE(line.at("b").is_null());
    EXPECT_EQ(line.at("c"), 1.5);
}

TEST(log, writes_whole_lines_from_the_wanted_severity_on)
{
    testing::internal::CaptureStderr();
    service::log log{"portal", severity::warning};
    log.info("not.wanted");
    log.warning("wanted", {{"n", 1}});
    const std::string written = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(written.ends_with("}\n")) << written;
    const auto line = nlohmann::json::parse(written);
    EXPECT_EQ(line.at("level"), "warning");
    EXPECT_EQ(line.at("process"), "portal");
    EXPECT_EQ(line.at("message"), "");
    EXPECT_EQ(std::string{line.at("time")}.size(), std::string{"2026-01-02T03:04:05.678Z"}.size());
}

TEST(log, severities_have_names)
{
    EXPECT_EQ(service::severity_named("error"), severity::error);
    EXPECT_EQ(service::severity_named("loud"), std::nullopt);
    EXPECT_EQ(service::name_of(severity::debug), "debug");
}

} // namespace
