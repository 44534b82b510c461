#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cli {

/// An object in a pipeline: its properties in order. Values are texts; booleans are "True" and
/// "False".
using cmdlet_object = std::vector<std::pair<std::string, std::string>>;

/// A line a property, "Revoked: True"; objects are separated by an empty line. `properties` in any
/// case, "*" for all, empty for those that `shown` names; one that an object lacks is shown without
/// a value.
std::string format_list(
    const std::vector<cmdlet_object>& objects,
    const std::vector<std::string>& properties,
    const std::vector<std::string>& shown);

/// A column a property, under its name and dashes.
std::string format_table(
    const std::vector<cmdlet_object>& objects,
    const std::vector<std::string>& properties,
    const std::vector<std::string>& shown);

} // namespace cli
