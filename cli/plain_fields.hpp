#pragma once

#include "mail/events.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace cli {

/// The kinds of fields that hold no name and no text, passed over by whoever walks an event with
/// `describe` for names and texts. A new kind does not compile until it is sorted.
struct plain_fields {
    void choice(std::string_view, auto) {}
    void flag(std::string_view, bool) {}
    void mark(std::string_view, bool) {}
    void count(std::string_view, std::uint64_t) {}
    void seconds(std::string_view, std::int64_t) {}
    void milliseconds(std::string_view, std::int64_t) {}
    void moment(std::string_view, const std::optional<mail::bus_time>&) {}
};

} // namespace cli
