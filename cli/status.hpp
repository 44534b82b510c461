#pragma once

#include "cli/options.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

namespace cli {

/// `sealpost status`: one message, recipient by recipient.
int status(const std::filesystem::path& state, const status_options& options);

/// For people.
std::string describe_message(const nlohmann::json& message);

} // namespace cli
