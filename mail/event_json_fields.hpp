#pragma once

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

/// What `describe` writes to and reads from when events become JSON; included by event_json.cpp
/// alone. Writing refuses what reading would refuse.
namespace mail {

using json = nlohmann::ordered_json;

inline constexpr std::size_t longest_id = 255;                   ///< a domain is the longest
inline constexpr std::int64_t longest_duration = 10'000'000'000; ///< seconds, about 300 years

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

// What holds for reading and writing alike.

inline void check_id(const std::string& field, std::string_view text, std::size_t longest)
{
    const auto visible = [](char c) { return c > ' ' && c <= '~'; };
    if (text.empty() || text.size() > longest || !std::all_of(text.begin(), text.end(), visible))
        refuse(field, "must be 1 to " + std::to_string(longest) + " visible ASCII characters");
}

inline void check_seconds(const std::string& field, std::int64_t value)
{
    if (value < 0 || value > longest_duration)
        refuse(field, "must be 0 to " + std::to_string(longest_duration) + " seconds");
}

inline void check_from_zero(const std::string& field, std::int64_t value)
{
    if (value < 0)
        refuse(field, "must not be negative");
}

inline void check_address(const std::string& field, const mail::address& mailbox)
{
    if (mailbox.is_null())
        refuse(field, "must not be the null address");
}

class json_writer {
public:
    explicit json_writer(std::string path) : path_(std::move(path)) {}
    json take() { return std::move(value_); }

    void id(const char* name, const std::string& text)
    {
        check_id(path_ + name, text, longest_id);
        value_[name] = text;
    }
    void text(const char* name, const std::string& text)
    {
        if (!text.empty())
            value_[name] = text;
    }
    void address(const char* name, const mail::address& mailbox)
    {
        check_address(path_ + name, mailbox);
        value_[name] = mailbox.text();
    }
    void sender(const char* name, const mail::address& mailbox) { text(name, mailbox.text()); }
    void choice(const char* name, auto value) { value_[name] = name_of(value); }
    void flag(const char* name, bool value) { value_[name] = value; }
    void mark(const char* name, bool value)
    {
        if (value)
            value_[name] = true;
    }
    void count(const char* name, std::uint64_t value) { value_[name] = value; }
    void seconds(const char* name, std::int64_t value)
    {
        check_seconds(path_ + name, value);
        value_[name] = value;
    }
    void milliseconds(const char* name, std::int64_t value)
    {
        check_from_zero(path_ + name, value);
        value_[name] = value;
    }
    void moment(const char* name, const std::optional<bus_time>& value)
    {
        if (value)
            milliseconds(name, *value);
    }
    void addresses(const char* name, const std::vector<mail::address>& mailboxes)
    {
        for (const mail::address& mailbox : mailboxes) {
            check_address(path_ + name, mailbox);
            value_[name].push_back(mailbox.text());
        }
    }
    template <class Entry>
    void list(const char* name, const std::vector<Entry>& entries)
    {
        for (std::size_t i = 0; i < entries.size(); ++i) {
            json_writer inner(path_ + name + '[' + std::to_string(i) + "].");
            describe(inner, entries[i]);
            value_[name].push_back(inner.take());
        }
    }
    template <class Entry>
    void object(const char* name, const std::optional<Entry>& entry)
    {
        if (!entry)
            return;
        json_writer inner(path_ + name + '.');
        describe(inner, *entry);
        value_[name] = inner.take();
    }

private:
    std::string path_;
    json value_ = json::object();
};

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

} // namespace mail
