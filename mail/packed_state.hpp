#pragma once

#include "mail/events.hpp"
#include "mail/kept_events.hpp"

#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one form in which state is summed up and kept: numbers of 7 bits an octet, texts with their
/// length in front, no names. Both ends walk through the same `describe`, as events in JSON do.
namespace mail {

/// Where a state writes itself, piece by piece: a checksum, a file.
using octet_sink = std::function<void(std::string_view octets)>;

/// Octets that no state of this version has written; `what()` names the fault.
class damaged_state : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline const std::string& text_of(const std::string& key)
{
    return key;
}
inline std::string& text_of(std::string& key)
{
    return key;
}
template <class Tag>
const std::string& text_of(const identifier<Tag>& key)
{
    return key.text;
}
template <class Tag>
std::string& text_of(identifier<Tag>& key)
{
    return key.text;
}

class state_writer {
public:
    explicit state_writer(const octet_sink& to) : to_(to) {}
    /// Everything has been said.
    void finish();

    /// What the reader must find there.
    void constant(std::string_view text) { words(text); }
    void id(const char*, std::string_view value) { words(value); }
    void text(const char*, std::string_view value) { words(value); }
    void address(const char*, const auto& value) { words(value.text()); }
    void sender(const char*, const auto& value) { words(value.text()); }
    template <class Choice>
    void choice(const char*, Choice value)
    {
        put(static_cast<std::uint64_t>(value));
    }
    void flag(const char*, bool value) { put(value); }
    void mark(const char*, bool value) { put(value); }
    void count(const char*, std::unsigned_integral auto value) { put(value); }
    void seconds(const char*, std::int64_t value) { put(static_cast<std::uint64_t>(value)); }
    void milliseconds(const char*, std::int64_t value) { put(static_cast<std::uint64_t>(value)); }
    void moment(const char*, const std::optional<bus_time>& value)
    {
        put(value.has_value());
        put(static_cast<std::uint64_t>(value.value_or(0)));
    }
    template <class Addresses>
    void addresses(const char* name, const Addresses& all)
    {
        each(all, [name](auto& fields, const auto& value) { fields.address(name, value); });
    }
    template <class Entries>
    void list(const char*, const Entries& all)
    {
        each(all, [](auto& fields, const auto& entry) { describe(fields, entry); });
    }
    template <class Entries, class Describe>
    void each(const Entries& all, Describe described)
    {
        put(all.size());
        for (const auto& entry : all)
            described(*this, entry);
    }
    /// Of a map with texts or identifiers as keys.
    template <class Entries, class Describe>
    void table(const Entries& all, Describe described)
    {
        put(all.size());
        for (const auto& [key, entry] : all) {
            words(text_of(key));
            described(*this, entry);
        }
    }

private:
    void put(std::uint64_t value);
    void words(std::string_view value);

    const octet_sink& to_;
    std::string waiting_;
};

/// Everything is checked before it is used; throws damaged_state. What is read as kept lies in the
/// octets or in the reader.
class state_reader {
public:
    explicit state_reader(std::string_view octets) : rest_(octets) {}
    /// Nothing is left.
    void finish() const;

    void constant(std::string_view text);
    void id(const char*, std::string& value) { value = words(); }
    void text(const char*, std::string& value) { value = words(); }
    void id(const char*, std::string_view& value) { value = words(); }
    void text(const char*, std::string_view& value) { value = words(); }
    void address(const char* name, mail::address& value);
    void sender(const char* name, mail::address& value);
    void address(const char* name, kept_address& value);
    void sender(const char* name, kept_address& value);
    template <class Choice>
    void choice(const char*, Choice& value)
    {
        value = static_cast<Choice>(take(UINT8_MAX));
    }
    void flag(const char*, bool& value) { value = take(1) != 0; }
    void mark(const char*, bool& value) { value = take(1) != 0; }
    template <std::unsigned_integral Value>
    void count(const char*, Value& value)
    {
        value = static_cast<Value>(take(std::numeric_limits<Value>::max()));
    }
    void seconds(const char*, std::int64_t& value) { value = static_cast<std::int64_t>(take()); }
    void milliseconds(const char*, std::int64_t& value)
    {
        value = static_cast<std::int64_t>(take());
    }
    void moment(const char*, std::optional<bus_time>& value)
    {
        const bool present = take(1) != 0;
        const auto time = static_cast<bus_time>(take());
        value = present ? std::optional(time) : std::nullopt;
    }
    template <class Addresses>
    void addresses(const char* name, Addresses& all)
    {
        each(all, [name](auto& fields, auto& value) { fields.address(name, value); });
    }
    template <class Entries>
    void list(const char*, Entries& all)
    {
        each(all, [](auto& fields, auto& entry) { describe(fields, entry); });
    }
    template <class Entries, class Describe>
    void each(Entries& all, Describe described)
    {
        for (std::uint64_t left = take(); left > 0; --left)
            described(*this, all.emplace_back());
    }
    template <class Entries, class Describe>
    void table(Entries& all, Describe described)
    {
        for (std::uint64_t left = take(); left > 0; --left) {
            typename Entries::key_type key;
            text_of(key) = words();
            described(*this, all[std::move(key)]);
        }
    }

private:
    std::uint64_t take(std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
    std::string_view words();
    static mail::address parsed(const char* name, std::string_view text);

    std::string_view rest_;
    std::deque<mail::address> mixed_case_; ///< whose keys lie nowhere in the octets
};

} // namespace mail
