#pragma once

#include "bus/event.hpp"
#include "bus/key_slab.hpp"
#include "bus/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bus {

/// Key slots on disk: a row holds the slot sealed under a cell of the slab, so that whoever has the
/// row without the cell has nothing. The writer's side; all calls within a transaction.
///
/// Order of things, so that a crash leaves a slot either whole or dead: a new cell is synced before
/// the row is committed; an erased cell is overwritten and synced before the row's deletion is.
class key_slots {
public:
    key_slots(database& db, key_slab& slab);

    struct reclaimed {
        std::uint64_t cells = 0; ///< that no row names, and held something
        std::uint64_t rows = 0;  ///< whose cell was erased before a crash
    };
    /// Throws damaged where the slab does not reach as far as the rows: no crash does that, and
    /// their slots are not to be taken for erased.
    void expect_all_cells();
    /// At start: finishes what a crash left half done. Throws as above.
    reclaimed reclaim();

    bool exists(std::string_view content, std::string_view name);
    /// It came with event `seq`.
    void add(const key_slot& slot, std::uint64_t seq);
    /// A missing one is no error.
    void erase(std::string_view content, std::string_view name);
    /// All that came with an event after `seq`; how many.
    std::uint64_t erase_added_after(std::uint64_t seq);

    void sync() { slab_.sync(); } ///< before the commit
    void committed();             ///< after it: erased cells may be used again

private:
    void expect_sound();
    std::uint32_t take_cell();

    database& db_;
    key_slab& slab_;
    statement find_;
    statement insert_;
    statement remove_;
    locked_cell cell_;
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> erased_; ///< since the last commit
};

/// The reader's side: its own connection and descriptor, its own thread.
class key_slot_reader {
public:
    key_slot_reader(database& db, const key_slab& slab);
    /// nullopt: there is none, or it was erased.
    std::optional<std::string> get(std::string_view content, std::string_view name);

private:
    const key_slab& slab_;
    statement find_;
    locked_cell cell_;
};

} // namespace bus
