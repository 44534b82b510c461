#pragma once

#include "bus/protocol.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What becomes of an append, decided without disk: all of it or nothing.
namespace bus {

/// Names and size of one event.
std::optional<refusal> check_event(const event& fact);

/// Counts, sizes and names; what the log holds plays no part.
std::optional<refusal> check_shape(const append_request& batch);

/// What stands on disk, as far as an append asks.
class stored_facts {
public:
    struct known_event {
        std::uint64_t seq = 0;
        bool same = false; ///< type and payload are the same
    };
    struct known_content {
        std::string role; ///< that put it
        std::uint32_t chunks = 0;
        bool named = false; ///< by an event
    };

    virtual ~stored_facts() = default;
    virtual std::optional<known_event> find_event(const event& fact) = 0;
    virtual std::optional<known_content> find_content(std::string_view content) = 0;
    virtual bool slot_exists(std::string_view content, std::string_view name) = 0;
};

struct append_decision {
    std::optional<refusal> refused;
    /// Of each event in order: the seq it has, or 0 for one to be written now.
    std::vector<std::uint64_t> seqs;
    bool repeat = false; ///< everything stands in the log already: write nothing
};

/// `batch` has passed check_shape.
append_decision decide_append(
    const append_request& batch, std::string_view role, stored_facts& stored);

} // namespace bus
