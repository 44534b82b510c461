#pragma once

#include "bus/event.hpp"

#include <span>
#include <string_view>

namespace bus {

/// What a hash of the chain is of: the hash before, and then the octets.
struct hash_input {
    const hash* before = nullptr;
    std::string_view octets;
};

/// Writes the SHA-256 of each to `into`, which has as many. None may be of what another one gives.
///
/// Each step of SHA-256 waits for the step before. A processor with instructions for it begins a
/// step of one hash while that of another waits, so two hashes at a time take little longer than
/// one. Other processors take them one after the other.
void sha256_of_each(std::span<const hash_input> inputs, std::span<hash> into);

/// The same without those instructions.
void sha256_one_by_one(std::span<const hash_input> inputs, std::span<hash> into);

} // namespace bus
