#pragma once

#include "bus/event.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What a process has derived from the log, in one file; docs/replay.md describes it. It spares a
/// start the way from the first event and is trusted for nothing: whoever deletes it loses time.
namespace bus {

/// An event's place in a log: the hashes of it and of the one before.
struct log_place {
    std::uint64_t seq = 0;
    hash prev{};
    hash own{};
};

/// One part of a process's state, and how it is written: the same state gives the same octets.
struct snapshot_part {
    std::string name;
    std::function<void(const std::function<void(std::string_view)>& to)> write;
};

/// No snapshot of this version and process, or not as it was written; `what()` says why.
class damaged_snapshot : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Whole or not at all, on disk when it returns; mode 0600. Throws std::system_error.
void write_snapshot(
    const std::filesystem::path& file,
    std::string_view process,
    const log_place& place,
    std::span<const snapshot_part> parts);

/// A snapshot whose every octet was checked.
class snapshot {
public:
    /// Throws damaged_snapshot, or std::system_error when the file can't be read.
    snapshot(const std::filesystem::path& file, std::string_view process);

    const log_place& place() const { return place_; }
    /// Good as long as this. Throws damaged_snapshot when there is no such part.
    std::string_view part(const std::string& name) const;

private:
    void read_table(std::string_view octets, std::string_view process);

    std::shared_ptr<const void> mapped_;
    log_place place_;
    std::map<std::string, std::string_view> parts_;
};

} // namespace bus
