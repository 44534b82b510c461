#pragma once

#include "mail/events.hpp"

#include <array>
#include <string_view>

/// How the values of enumerations are called in events, in the order of the enumeration.
namespace mail {

template <class Enumeration>
struct names_of;

template <>
struct names_of<identity_type> {
    static constexpr std::array<std::string_view, 5> value{
        "office365", "microsoft_account", "google", "yahoo", "other"};
};
template <>
struct names_of<client_type> {
    static constexpr std::array<std::string_view, 2> value{"outlook", "other"};
};
template <>
struct names_of<delivery_mode> {
    static constexpr std::array<std::string_view, 2> value{"inline", "link"};
};
template <>
struct names_of<delivery_outcome> {
    static constexpr std::array<std::string_view, 4> value{
        "delivered", "deferred", "failed", "withheld"};
};
template <>
struct names_of<access_kind> {
    static constexpr std::array<std::string_view, 4> value{
        "view", "attachment", "reply", "forward"};
};
template <>
struct names_of<sign_in_method> {
    static constexpr std::array<std::string_view, 1> value{"passcode"};
};
template <>
struct names_of<submission_kind> {
    static constexpr std::array<std::string_view, 4> value{
        "passcode", "reply", "forward", "notice"};
};
template <>
struct names_of<role> {
    static constexpr std::array<std::string_view, 3> value{"administrator", "sender", "auditor"};
};

template <class Enumeration>
constexpr std::string_view name_of(Enumeration value)
{
    const auto position = static_cast<std::size_t>(value);
    return position < names_of<Enumeration>::value.size() ? names_of<Enumeration>::value[position]
                                                          : std::string_view("unknown");
}

} // namespace mail
