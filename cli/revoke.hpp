#pragma once

#include "cli/options.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

namespace cli {

/// `sealpost revoke` and `sealpost restore`: return once it is in force.
int revoke(const std::filesystem::path& state, const revoke_options& options);

/// The body of the request.
std::string revoke_request(const revoke_options& options);
/// The answer, for people.
std::string describe_answer(const nlohmann::json& answer, bool restore);

} // namespace cli
