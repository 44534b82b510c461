#include "cli/cmdlet_output.hpp"

#include "cli/cmdlet_parser.hpp"
#include "cli/text_table.hpp"

#include <algorithm>

namespace cli {

namespace {

const std::pair<std::string, std::string>* find_property(
    const cmdlet_object& object, const std::string& name)
{
    const auto found = std::find_if(object.begin(), object.end(), [&name](const auto& property) {
        return same_name(property.first, name);
    });
    return found == object.end() ? nullptr : &*found;
}

/// Names as the object spells them.
std::vector<std::string> chosen_names(
    const cmdlet_object& object,
    const std::vector<std::string>& properties,
    const std::vector<std::string>& shown)
{
    std::vector<std::string> names;
    for (const std::string& wanted : properties.empty() ? shown : properties) {
        if (wanted == "*") {
            for (const auto& [name, value] : object)
                names.push_back(name);
            continue;
        }
        const auto* property = find_property(object, wanted);
        names.push_back(property == nullptr ? wanted : property->first);
    }
    return names;
}

std::string value_of(const cmdlet_object& object, const std::string& name)
{
    const auto* property = find_property(object, name);
    return property == nullptr ? "" : property->second;
}

} // namespace

std::string format_list(
    const std::vector<cmdlet_object>& objects,
    const std::vector<std::string>& properties,
    const std::vector<std::string>& shown)
{
    std::string text;
    for (const cmdlet_object& object : objects) {
        if (!text.empty())
            text += "\n";
        for (const std::string& name : chosen_names(object, properties, shown)) {
            const std::string value = value_of(object, name);
            text += name + ":" + (value.empty() ? "" : " " + value) + "\n";
        }
    }
    return text;
}

std::string format_table(
    const std::vector<cmdlet_object>& objects,
    const std::vector<std::string>& properties,
    const std::vector<std::string>& shown)
{
    if (objects.empty())
        return "";
    const std::vector<std::string> names = chosen_names(objects.front(), properties, shown);
    std::vector<std::vector<std::string>> rows;
    for (const cmdlet_object& object : objects) {
        std::vector<std::string>& row = rows.emplace_back();
        for (const std::string& name : names)
            row.push_back(value_of(object, name));
    }
    return text_table(names, rows);
}

} // namespace cli
