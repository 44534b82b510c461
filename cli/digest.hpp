#pragma once

#include "cli/options.hpp"
#include "cli/readiness.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace cli {

/// `sealpost digest`: whether every process derived the same state from the log.
int digest(const std::filesystem::path& state, const digest_options& options);

/// One comparison at one position of the log.
struct digest_comparison {
    std::uint64_t seq = 0;
    std::string own; ///< of our replay
    std::map<std::string, process_state> processes;

    /// Every process that has a ledger applied exactly `seq`.
    bool at_one_position() const;
    bool equal() const;
};

std::string to_json(const digest_comparison& comparison);
std::string describe(const digest_comparison& comparison);

} // namespace cli
