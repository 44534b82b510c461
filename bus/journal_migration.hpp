#pragma once

#include "bus/sqlite.hpp"

namespace bus {

/// Format 1 did not say which event named a content or a slot. In format 2 `named` is its seq.
/// Found again here: the first event whose payload holds the content's id as a text, else event 1.
/// In the caller's transaction.
void migrate_from_format_1(database& db);

} // namespace bus
