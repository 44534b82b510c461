#pragma once

#include "bus/append_batch.hpp"
#include "bus/event.hpp"
#include "bus/protocol.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The log and what lies beside it on disk. Nobody else knows that it is SQLite.
namespace bus {

struct journal_files {
    std::filesystem::path database;
    std::filesystem::path slab;
};

struct log_position {
    std::uint64_t seq = 0;
    std::int64_t time = 0;
    hash own{};
};

using log_identity = std::array<std::uint8_t, 16>;

/// What a crash had left behind, put right at start.
struct reclaimed {
    std::uint64_t contents = 0; ///< that no event names
    std::uint64_t cells = 0;
    std::uint64_t slots = 0;
};

/// The seqs of an append, or why not.
struct append_outcome {
    std::optional<refusal> refused;
    std::vector<std::uint64_t> seqs;
};

/// The writer's side: one thread, one journal, one process a database. Requests between begin() and
/// commit() form a group and become durable together; each of them is refused or taken whole. Where
/// disk_error is thrown, nothing of the group may be acknowledged, and the journal must not be used
/// again.
class journal {
public:
    /// Makes the files when they are missing. Throws when another process holds them
    /// (std::runtime_error), when they are damaged (damaged) or cannot be read (disk_error).
    /// `copy_failed` is called on another thread when the write-ahead log could not be copied into
    /// the database; tidy() then throws the same.
    explicit journal(
        const journal_files& files,
        std::function<void(std::string)> copy_failed = [](const std::string&) {});
    ~journal();
    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    const log_identity& identity() const;
    /// The log that this one was imported from: it is follow-only, and nothing more may be written.
    const std::optional<log_identity>& origin() const;
    /// Of what is committed.
    const log_position& head() const;
    /// Of what stands in the open group.
    const log_position& written() const;
    const reclaimed& found_at_start() const;

    /// `now`: milliseconds since 1970; the group's events get it, or the last event's time if that
    /// is later.
    void begin(std::int64_t now);
    append_outcome append(std::string_view role, append_request batch);
    std::optional<refusal> put(std::string_view role, const put_request& chunk);
    std::optional<refusal> discard(std::string_view role, std::string_view content);
    void erase_slots(const slot_request& wish);
    /// Contents that no event names and that got nothing for `age` milliseconds.
    std::uint64_t drop_unnamed(std::int64_t age);
    /// Takes the next event of another log with its seq, time and `prev`, unless it is not the
    /// next one of that chain. All of them, and the mark, belong into one group of an empty log.
    std::optional<refusal> adopt(const stored_event& fact);
    /// Follow-only from the commit on.
    void mark_imported(const log_identity& origin);
    /// On disk when it returns: the group's events (imported ones apart).
    std::vector<stored_event> commit();

    /// Keeps the write-ahead log short, mostly on a thread of its own; after the group's
    /// acknowledgements are out.
    void tidy();
    /// Before an orderly end: the database file alone holds everything, and what is
    /// wrong in it is not hidden by the write-ahead log.
    void finish();

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

} // namespace bus
