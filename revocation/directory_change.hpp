#pragma once

#include "mail/events.hpp"
#include "mail/ledger.hpp"

#include <cstddef>
#include <vector>

namespace revocation {

/// What of `wanted` differs from the directory as it is; empty entries when nothing does.
mail::directory_changed differences(mail::directory_changed wanted, const mail::ledger& ledger);

bool is_empty(const mail::directory_changed& change);

/// The change in events that each fit the bus (1 MiB), in the order of the entries.
std::vector<mail::directory_changed> cut(
    const mail::directory_changed& change, std::size_t most_octets = 512 * 1024);

} // namespace revocation
