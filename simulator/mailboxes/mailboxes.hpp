#pragma once

#include "service/run_main.hpp"

namespace simulator {

/// What run_main runs.
service::process_definition process();

} // namespace simulator
