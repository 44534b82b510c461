#pragma once

#include "cli/log_invariants.hpp"

#include <filesystem>
#include <vector>

namespace cli {

/// The secret keys and tokens in a folder `keys/`, each as the texts that its file consists of;
/// none where there is no such folder. Throws failure for a file that cannot be read.
std::vector<log_invariants::secret> log_secrets(const std::filesystem::path& keys);

} // namespace cli
