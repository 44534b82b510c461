#pragma once

#include "service/run_main.hpp"

namespace revocation {

/// What run_main runs.
service::process_definition process();

} // namespace revocation
