#pragma once

#include "bus/event_batch.hpp"
#include "bus/journal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace bus {

/// The reader's side of the journal: a connection of its own, one thread, beside the writer. Sees
/// what is committed. Throws disk_error and damaged.
class journal_reader {
public:
    /// The journal must have made the files.
    explicit journal_reader(const journal_files& files);
    ~journal_reader();

    enum class checking {
        every_time,
        once ///< not again where this reader has found them right; the subscriber checks all
    };

    /// Fills the batch from its next event on; stops at the end of the log. Adds no event that is
    /// not the next one, or where it is checked, does not continue the chain from batch.last()
    /// (damaged, naming it).
    void read_events(event_batch& batch, checking how = checking::every_time);
    /// As stored; nullopt: the log has no such event. Event 0 has the hash of zeros.
    std::optional<hash> hash_of(std::uint64_t seq);
    /// Throws damaged when event `seq` (from 1) is missing, or does not match its hash after the
    /// stored one of the event before.
    void check(std::uint64_t seq);
    std::optional<std::string> chunk(const get_request& wish);
    std::optional<std::string> slot(std::string_view content, std::string_view name);

private:
    class engine;
    std::unique_ptr<engine> engine_;
    std::uint64_t found_right_ = 0; ///< events 1 to this one, each after the one before
};

} // namespace bus
