#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace service {

enum class severity { debug, info, warning, error };

/// One named value of a log line. Made of texts and numbers only: a secret has no conversion to
/// either.
struct log_field {
    std::string_view name;
    std::string value;
    bool quoted = true;

    log_field(std::string_view key, std::string_view text) : name(key), value(text) {}
    log_field(std::string_view key, const std::string& text) : name(key), value(text) {}
    log_field(std::string_view key, const char* text) : name(key), value(text) {}
    template <class Number>
        requires std::is_arithmetic_v<Number>
    log_field(std::string_view key, Number number)
        : name(key), value(std::to_string(number)), quoted(false)
    {}
    log_field(std::string_view key, bool flag)
        : name(key), value(flag ? "true" : "false"), quoted(false)
    {}
};

/// "debug", "info", "warning", "error".
std::optional<severity> severity_named(std::string_view text);
std::string_view name_of(severity level);

/// The line without its final newline. Control characters are escaped and what is not UTF-8 is
/// replaced, so that no text can end a line or command a terminal; a value longer than 4096 octets
/// is cut.
std::string log_line(
    std::string_view process,
    std::string_view time,
    severity level,
    std::string_view message,
    std::string_view event,
    std::initializer_list<log_field> fields);

/// One JSON line an event on standard error, written whole:
/// {"message":…,"time":…,"level":…,"process":…, "event":…, fields}. `message` is the network
/// message id (empty when there is none) and stands first, so that one grep tells a mail's story.
/// Thread-safe.
class log {
public:
    explicit log(std::string process, severity least = severity::info);

    void write(
        severity level,
        std::string_view message,
        std::string_view event,
        std::initializer_list<log_field> fields = {});

    void debug(std::string_view event, std::initializer_list<log_field> fields = {})
    {
        write(severity::debug, "", event, fields);
    }
    void info(std::string_view event, std::initializer_list<log_field> fields = {})
    {
        write(severity::info, "", event, fields);
    }
    void warning(std::string_view event, std::initializer_list<log_field> fields = {})
    {
        write(severity::warning, "", event, fields);
    }
    void error(std::string_view event, std::initializer_list<log_field> fields = {})
    {
        write(severity::error, "", event, fields);
    }

private:
    std::string process_;
    severity least_;
};

} // namespace service
