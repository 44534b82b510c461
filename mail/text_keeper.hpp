#pragma once

#include "mail/events.hpp"
#include "mail/kept_events.hpp"
#include "mail/text_arena.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mail {

/// Walks through `describe` and puts every text of a record into the arena, so that none can be
/// forgotten. What is `known` to be kept already is shared.
class text_keeper {
public:
    using texts = std::array<std::string_view, 4>;

    explicit text_keeper(text_arena& arena, const texts& known = {}) : arena_(arena), known_(known)
    {}

    void id(const char*, std::string_view& value) { value = shared(value, &text_arena::keep); }
    void text(const char*, std::string_view& value)
    {
        value = shared(value, &text_arena::keep_shared);
    }
    void address(const char* name, kept_address& value)
    {
        const bool lower_case = value.key() == value.text();
        std::string_view text = value.text();
        std::string_view key = value.key();
        id(name, text);
        if (!lower_case)
            id(name, key);
        value = {text, lower_case ? text : key};
    }
    /// Few write to many.
    void sender(const char* name, kept_address& value)
    {
        std::string_view written = value.text();
        std::string_view key = value.key();
        text(name, written);
        text(name, key);
        value = {written, key};
    }
    void addresses(const char* name, std::vector<kept_address>& all)
    {
        for (kept_address& each : all)
            address(name, each);
    }
    template <class Entry>
    void list(const char*, std::vector<Entry>& all)
    {
        for (Entry& each : all)
            describe(*this, each);
    }

    // No texts.
    void choice(const char*, auto) {}
    void flag(const char*, bool) {}
    void count(const char*, std::uint64_t) {}
    void seconds(const char*, std::int64_t) {}
    void milliseconds(const char*, std::int64_t) {}
    void moment(const char*, const std::optional<bus_time>&) {}

private:
    std::string_view shared(
        std::string_view value, std::string_view (text_arena::*keep)(std::string_view))
    {
        const auto found = std::find(known_.begin(), known_.end(), value);
        return found == known_.end() ? (arena_.*keep)(value) : *found;
    }

    text_arena& arena_;
    texts known_;
};

} // namespace mail
