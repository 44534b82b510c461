#pragma once

#include "service/run_main.hpp"

namespace portal {

/// What run_main runs.
service::process_definition process();

} // namespace portal
