#include "service/log.hpp"

#include "service/json_text.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace service {
namespace {

constexpr std::size_t longest_value = 4096;
constexpr std::array<std::string_view, 4> severity_names{"debug", "info", "warning", "error"};

std::string now_text()
{
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() %
        1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> day{};
    std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s.%03dZ", day.data(), static_cast<int>(milliseconds));
    return text.data();
}

void append_value(std::string& line, const log_field& field)
{
    if (field.quoted) {
        const bool cut = field.value.size() > longest_value;
        line += json_quoted(cut ? field.value.substr(0, longest_value) + "…" : field.value);
        return;
    }
    // JSON has no infinities and no NaN.
    const bool finite = field.value.find_first_of("in") == std::string::npos;
    line += finite || field.value == "true" || field.value == "false" ? field.value : "null";
}

/// A reader that stopped reading must not stop the service for ever: then the line is lost.
bool wait_until_writable()
{
    pollfd standard_error{STDERR_FILENO, POLLOUT, 0};
    return ::poll(&standard_error, 1, 1000) > 0;
}

void write_whole(std::string_view line)
{
    static std::mutex one_line_at_a_time;
    const std::lock_guard lock{one_line_at_a_time};
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written > 0) {
            line.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR && (errno != EAGAIN || !wait_until_writable())) {
            return;
        }
    }
}

} // namespace

std::optional<severity> severity_named(std::string_view text)
{
    for (std::size_t i = 0; i < severity_names.size(); ++i) {
        if (severity_names[i] == text) {
            return static_cast<severity>(i);
        }
    }
    return std::nullopt;
}

std::string_view name_of(severity level)
{
    return severity_names.at(static_cast<std::size_t>(level));
}

std::string log_line(
    std::string_view process,
    std::string_view time,
    severity level,
    std::string_view message,
    std::string_view event,
    std::initializer_list<log_field> fields)
{
    std::string line = "{\"message\":" + json_quoted(message) + ",\"time\":" + json_quoted(time);
    line += ",\"level\":" + json_quoted(name_of(level)) + ",\"process\":" + json_quoted(process);
    line += ",\"event\":" + json_quoted(event);
    for (const log_field& field : fields) {
        line += "," + json_quoted(field.name) + ":";
        append_value(line, field);
    }
    line += "}";
    return line;
}

log::log(std::string process, severity least) : process_(std::move(process)), least_(least) {}

void log::write(
    severity level,
    std::string_view message,
    std::string_view event,
    std::initializer_list<log_field> fields)
{
    if (level < least_) {
        return;
    }
    write_whole(log_line(process_, now_text(), level, message, event, fields) + "\n");
}

} // namespace service
