#pragma once

#include "mail/event_bounds.hpp"
#include "mail/event_fields.hpp"
#include "mail/event_json.hpp"
#include "mail/event_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A second reader of events, on another JSON library: slow, but what it makes of a text is what
/// parse_event must make of it.
namespace mail::test {

using json = nlohmann::ordered_json;

class json_reader {
public:
    json_reader(const json& value, std::string path) : value_(value), path_(std::move(path))
    {
        if (!value_.is_object())
            refuse(path_.substr(0, path_.size() - 1), "must be an object");
    }

    void id(const char* name, std::string& target, std::size_t longest = longest_id) const
    {
        target = string_of(name, required(name));
        check_id(path_ + name, target, longest);
    }
    void text(const char* name, std::string& target) const
    {
        const json* found = optional(name);
        target = found ? string_of(name, *found) : std::string();
    }
    void address(const char* name, mail::address& target) const
    {
        target = address_of(name, required(name));
    }
    void sender(const char* name, mail::address& target) const
    {
        const json* found = optional(name);
        target = found ? address_of(name, *found) : mail::address();
    }
    template <class Enumeration>
    void choice(const char* name, Enumeration& target) const
    {
        const auto& names = names_of<Enumeration>::value;
        const auto found = std::find(names.begin(), names.end(), string_of(name, required(name)));
        if (found == names.end())
            refuse(path_ + name, "must be one of " + joined(names));
        target = static_cast<Enumeration>(found - names.begin());
    }
    void flag(const char* name, bool& target) const { target = bool_of(name, required(name)); }
    void mark(const char* name, bool& target) const
    {
        const json* found = optional(name);
        target = found && bool_of(name, *found);
    }
    void count(const char* name, std::uint64_t& target) const
    {
        const json& found = required(name);
        if (!found.is_number_unsigned())
            refuse(path_ + name, "must be a whole number from 0 to 18446744073709551615");
        target = found.get<std::uint64_t>();
    }
    void seconds(const char* name, std::int64_t& target) const
    {
        target = whole_number_of(name, required(name));
        check_seconds(path_ + name, target);
    }
    void milliseconds(const char* name, std::int64_t& target) const
    {
        target = whole_number_of(name, required(name));
        check_from_zero(path_ + name, target);
    }
    void moment(const char* name, std::optional<bus_time>& target) const
    {
        target.reset();
        if (optional(name))
            milliseconds(name, target.emplace());
    }
    void addresses(const char* name, std::vector<mail::address>& target) const
    {
        target.clear();
        for (const json& item : array_of(name))
            target.push_back(address_of(name, item));
    }
    template <class Entry>
    void list(const char* name, std::vector<Entry>& target) const
    {
        target.clear();
        for (const json& item : array_of(name)) {
            const auto position = std::to_string(target.size());
            const json_reader inner(item, path_ + name + '[' + position + "].");
            describe(inner, target.emplace_back());
        }
    }
    template <class Entry>
    void object(const char* name, std::optional<Entry>& target) const
    {
        target.reset();
        if (const json* found = optional(name)) {
            const json_reader inner(*found, path_ + name + '.');
            describe(inner, target.emplace());
        }
    }
    const json& required(const char* name) const
    {
        if (const json* found = optional(name))
            return *found;
        refuse(path_ + name, "is missing");
    }

private:
    /// An absent field and null are the same.
    const json* optional(const char* name) const
    {
        const auto found = value_.find(name);
        return found == value_.end() || found->is_null() ? nullptr : &*found;
    }
    const json& array_of(const char* name) const
    {
        static const json none = json::array();
        const json* found = optional(name);
        if (found && !found->is_array())
            refuse(path_ + name, "must be a list");
        return found ? *found : none;
    }
    std::string string_of(const char* name, const json& value) const
    {
        if (!value.is_string())
            refuse(path_ + name, "must be a text");
        return value.get<std::string>();
    }
    bool bool_of(const char* name, const json& value) const
    {
        if (!value.is_boolean())
            refuse(path_ + name, "must be true or false");
        return value.get<bool>();
    }
    std::int64_t whole_number_of(const char* name, const json& value) const
    {
        constexpr auto largest =
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        if (!value.is_number_integer() ||
            (value.is_number_unsigned() && value.get<std::uint64_t>() > largest))
            refuse(path_ + name, "must be a whole number of 64 bits");
        return value.get<std::int64_t>();
    }
    mail::address address_of(const char* name, const json& value) const
    {
        auto mailbox = mail::address::parse(string_of(name, value));
        if (!mailbox)
            refuse(path_ + name, "must be a mail address, local@domain");
        return *std::move(mailbox);
    }

    const json& value_;
    std::string path_;
};

template <std::size_t Position = 1>
event_body reference_body(std::string_view type, const json_reader& envelope)
{
    if constexpr (Position == std::variant_size_v<event_body>) {
        return unknown_event{std::string(type)};
    } else {
        using body_type = std::variant_alternative_t<Position, event_body>;
        if (type != body_type::type)
            return reference_body<Position + 1>(type, envelope);
        body_type body;
        const json_reader data(envelope.required("data"), "data.");
        describe(data, body);
        return body;
    }
}

inline json reference_json(std::string_view text)
{
    check_size(text);
    const auto bounded = [](int depth, json::parse_event_t, const json&) {
        if (depth > static_cast<int>(deepest_nesting))
            refuse("event", "must not be nested deeper than " + std::to_string(deepest_nesting));
        return true;
    };
    try {
        return json::parse(text, bounded);
    } catch (const json::parse_error&) {
        refuse("event", "must be JSON in UTF-8");
    } catch (const json::out_of_range&) {
        refuse("event", "must hold numbers of JSON alone, and none beyond 64 bits");
    }
}

inline event reference_event(std::string_view text)
{
    const json parsed = reference_json(text);
    if (!parsed.is_object())
        refuse("event", "must be an object");
    const json_reader envelope(parsed, "");
    const auto check_value = [&](const char* name, const char* wanted) {
        std::string value;
        envelope.text(name, value);
        if (value != wanted)
            refuse(name, "must be \"" + std::string(wanted) + '"');
    };
    check_value("specversion", "1.0");
    if (parsed.contains("datacontenttype"))
        check_value("datacontenttype", "application/json");
    event fact;
    std::string type;
    envelope.id("id", fact.id.text, longest_event_id);
    envelope.id("source", fact.source);
    envelope.id("type", type, longest_type);
    fact.body = reference_body(type, envelope);
    return fact;
}

} // namespace mail::test
