#pragma once

#include "bus/append_batch.hpp"
#include "bus/protocol.hpp"
#include "bus/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bus {

/// Sealed contents, chunk by chunk, until an event names them. The writer's side; all calls within
/// a transaction.
class content_store {
public:
    explicit content_store(database& db);

    std::optional<stored_facts::known_content> find(std::string_view content);
    /// Index 0 begins a content; each further chunk must be the next one, by the same role.
    std::optional<refusal> put(std::string_view role, const put_request& chunk, std::int64_t now);
    /// By event `seq`, unless an earlier one has named it.
    void mark_named(std::string_view content, std::uint64_t seq);
    /// Only what no event names, only by the role that put it; an unknown one is no error.
    std::optional<refusal> discard(std::string_view role, std::string_view content);
    /// Drops every content that no event names and that got its last chunk before `before`; how
    /// many.
    std::uint64_t drop_unnamed(std::int64_t before);
    /// Drops every content that an event after `seq` named; how many.
    std::uint64_t drop_named_after(std::uint64_t seq);

private:
    struct entry {
        std::int64_t number = 0;
        stored_facts::known_content known;
    };
    std::optional<entry> look_up(std::string_view content);
    void drop(std::int64_t number);
    std::uint64_t drop_all(const std::vector<std::int64_t>& numbers);

    statement find_;
    statement begin_;
    statement insert_chunk_;
    statement extend_;
    statement name_;
    statement drop_chunks_;
    statement drop_content_;
    statement drop_unnamed_content_;
    statement unnamed_;
    statement named_after_;
};

/// The reader's side.
class content_reader {
public:
    explicit content_reader(database& db);
    std::optional<std::string> chunk(std::string_view content, std::uint32_t index);

private:
    statement find_;
};

} // namespace bus
