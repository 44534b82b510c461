#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cli {

/// A place in the log as people name it: an event by its seq, or a time.
struct log_moment {
    std::optional<std::uint64_t> seq;
    std::int64_t time = 0; ///< milliseconds since 1970 by bus time; counts without a seq

    /// "17", or RFC 3339 as in "2026-11-20T09:05:00Z"; nullopt for anything else.
    static std::optional<log_moment> parse(std::string_view text);

    /// The event is this one or after it, happened then or later.
    bool is_reached_by(std::uint64_t event, std::int64_t happened) const
    {
        return seq ? event >= *seq : happened >= time;
    }
    /// The event is this one or before it, happened then or earlier.
    bool covers(std::uint64_t event, std::int64_t happened) const
    {
        return seq ? event <= *seq : happened <= time;
    }
};

} // namespace cli
