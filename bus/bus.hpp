#pragma once

#include "service/run_main.hpp"

namespace bus {

/// What run_main runs.
service::process_definition process();

} // namespace bus
