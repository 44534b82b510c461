#pragma once

#include "bus/append_batch.hpp"
#include "bus/event_check.hpp"
#include "bus/segments.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bus {

/// Reads the archived events of a log. Keeps the segment open that was asked for last. Throws
/// disk_error, and damaged, naming the file, where a segment is missing or is no such segment.
class archive {
public:
    /// Of the log in `file`, which `db` has open. Opens no segment yet.
    archive(database& db, const std::filesystem::path& file);

    const std::vector<segment>& segments() const { return segments_; }
    /// The last archived event; zeros: there is none.
    const log_position& through() const { return through_; }
    /// Reads the list anew.
    void look_again(database& db);

    /// The segment that holds event `seq`, from 1 to through().seq, opened.
    database& holding(std::uint64_t seq);
    /// Where that segment lies.
    std::filesystem::path file_of(std::uint64_t seq) const;
    /// Its events from `seq` on: columns seq, time, id, type, payload, own; to the segment's end.
    statement& events_from(std::uint64_t seq);
    const segment& holding_segment(std::uint64_t seq) const { return segments_[place_of(seq)]; }

    /// An archived event of the id of `fact`.
    std::optional<stored_facts::known_event> find(const event& fact);

    /// That each segment is here, is of this log, and begins and ends as the log says: what a start
    /// can afford. Throws damaged with the remedy.
    void check_ends(const log_identity& identity);

private:
    struct opened {
        opened(const std::filesystem::path& file, std::size_t place);

        std::size_t place;
        database db;
        statement events;
    };

    std::size_t place_of(std::uint64_t seq) const;
    opened& open(std::size_t place);
    log_position before(std::size_t place) const;
    std::string fault_at_ends(std::size_t place, const log_identity& identity);

    std::filesystem::path file_;
    std::vector<segment> segments_;
    log_position through_;
    std::optional<opened> opened_;
    std::optional<statement> ids_; ///< none where nothing is archived
};

} // namespace bus
