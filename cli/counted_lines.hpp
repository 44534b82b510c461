#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>

namespace cli {

/// The lines of an export, of bounded length, counted. They may come from an enemy.
class counted_lines {
public:
    explicit counted_lines(std::istream& from) : from_(*from.rdbuf()) {}

    /// Without its end; nullopt: there are no more. Throws failure for one that is longer than any
    /// line of an event, or does not end.
    std::optional<std::string> next();

    std::uint64_t number() const { return number_; } ///< of the line that was read last, from 1
    std::uint64_t octets() const { return octets_; } ///< read so far

private:
    std::streambuf& from_;
    std::uint64_t number_ = 0;
    std::uint64_t octets_ = 0;
};

} // namespace cli
