#pragma once

#include "service/run_main.hpp"

namespace gateway {

/// What run_main runs.
service::process_definition process();

} // namespace gateway
