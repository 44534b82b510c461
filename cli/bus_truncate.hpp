#pragma once

#include "cli/options.hpp"

#include <filesystem>

namespace cli {

/// `sealpost bus truncate`: says what stands behind an event, and on request removes it for good.
int bus_truncate(const std::filesystem::path& state, const bus_truncate_options& options);

} // namespace cli
