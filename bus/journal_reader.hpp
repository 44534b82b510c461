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

    /// Fills the batch from its next event on; stops at the end of the log. Adds no event that does
    /// not continue the chain from batch.last() (damaged, naming it).
    void read_events(event_batch& batch);
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
};

} // namespace bus
