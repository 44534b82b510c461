#pragma once

#include "bus/journal.hpp"
#include "cli/log_export.hpp"

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

namespace cli {

struct imported_log {
    export_header header;
    export_end end;
};

/// Takes an export (docs/replay.md) into `log`, which must be empty: all of it or nothing, on disk
/// when it returns. The log is follow-only from then on. What comes from `lines` may come from an
/// enemy: throws failure that names the line which is not as `sealpost events export` wrote it.
/// `reached`: told how many octets were read.
imported_log import_log(
    std::istream& lines, bus::journal& log, const std::function<void(std::uint64_t)>& reached);

} // namespace cli
