#pragma once

#include "mail/address.hpp"
#include "mail/event_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What holds for events written and read alike: writing refuses what reading would refuse.
namespace mail {

inline constexpr std::size_t longest_event_id = 64;              ///< as the bus takes it
inline constexpr std::size_t longest_type = 128;                 ///< as the bus takes it
inline constexpr std::size_t longest_id = 255;                   ///< a domain is the longest
inline constexpr std::int64_t longest_duration = 10'000'000'000; ///< seconds, about 300 years
inline constexpr std::size_t deepest_nesting = 16; ///< ours need 4; later versions may need more

[[noreturn]] inline void refuse(const std::string& field, const std::string& why)
{
    throw invalid_event(field + ": " + why);
}

inline std::string joined(const auto& names)
{
    std::string list;
    for (const std::string_view name : names)
        list += (list.empty() ? "" : ", ") + std::string(name);
    return list;
}

/// `field` names itself only when something is wrong: a text, or what gives one.
inline void check_id(const auto& field, std::string_view text, std::size_t longest)
{
    // Without a way out in between, so that many octets are looked at at once.
    bool visible = true;
    for (const char c : text)
        visible &= c > ' ' && c <= '~';
    if (text.empty() || text.size() > longest || !visible)
        refuse(
            std::string(field),
            "must be 1 to " + std::to_string(longest) + " visible ASCII characters");
}

inline void check_seconds(const auto& field, std::int64_t value)
{
    if (value < 0 || value > longest_duration)
        refuse(std::string(field), "must be 0 to " + std::to_string(longest_duration) + " seconds");
}

inline void check_from_zero(const auto& field, std::int64_t value)
{
    if (value < 0)
        refuse(std::string(field), "must not be negative");
}

inline void check_address(const auto& field, const address& mailbox)
{
    if (mailbox.is_null())
        refuse(std::string(field), "must not be the null address");
}

inline void check_size(std::string_view event)
{
    if (event.size() > longest_event)
        refuse("event", "must be at most " + std::to_string(longest_event) + " octets");
}

} // namespace mail
