#pragma once

#include "bus/event_check.hpp"
#include "bus/journal.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

/// A log on disk as it lies there: reads only, beside a running broker or without one.
namespace bus {

struct checked_log {
    log_identity identity{};
    log_position right; ///< the last event before the fault, or the head
    std::optional<log_fault> fault;
    bool imported = false; ///< of another log, without its contents
};

/// Called with each event that is right; `last`: the log's last seq when the check began.
using right_event = std::function<void(const stored_event& right, std::uint64_t last)>;

class stored_log {
public:
    /// Throws disk_error where the file cannot be opened and damaged where it is no log.
    explicit stored_log(const std::filesystem::path& database);
    ~stored_log();

    /// The whole log, SQLite's own check of the table of events and its index, and whether the log
    /// reaches as far as it was acknowledged. What is appended meanwhile is checked too.
    checked_log check(const right_event& seen);

    // As it was when check() came to its end.
    /// An event named the content, and every chunk is here.
    bool holds_content(std::string_view content);
    bool holds_slot(std::string_view content, std::string_view name);
    /// Key slots whose keys do not lie within so many octets of a slab.
    struct lost_keys {
        std::uint64_t slots = 0;
        std::uint64_t first_seq = 0; ///< the first event that one of them came with
    };
    lost_keys keys_beyond(std::uint64_t slab_octets);

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

struct log_head {
    log_identity identity{};
    log_position position;
};

/// The last event, its hash checked (damaged).
log_head read_log_head(const std::filesystem::path& database);

} // namespace bus
