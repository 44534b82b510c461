#pragma once

// Part of settings_reader: the parsed file as plain values, so that toml++ costs its seconds in one
// file only.

#include "service/settings_reader.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace service {

struct settings_value;
using settings_table = std::map<std::string, settings_value, std::less<>>;

struct settings_value {
    /// Numbers with a fraction, dates and times are of no use to us: monostate.
    std::variant<
        std::monostate,
        bool,
        std::int64_t,
        std::string,
        std::vector<settings_value>,
        std::shared_ptr<settings_table>>
        content;
    std::string shown; ///< as it stands in the file, cut to what fits in a line

    template <class Type>
    const Type* as() const
    {
        return std::get_if<Type>(&content);
    }
    const settings_table* as_table() const
    {
        const auto* const table = as<std::shared_ptr<settings_table>>();
        return table == nullptr ? nullptr : table->get();
    }
};

struct settings_reader::document {
    /// Throws invalid_settings when the file can't be read or is no TOML.
    explicit document(const std::filesystem::path& file);

    std::filesystem::path folder;
    settings_table root;
    std::vector<std::string> faults;
};

struct settings_reader::section {
    section(document& file, std::string name);
    section(std::string full_path, const settings_table* content);

    /// The value, nullptr when absent; the key counts as known from now on.
    const settings_value* find(std::string_view key);
    std::string path_of(std::string_view key) const;
    void note_unknown_keys(std::vector<std::string>& faults) const;

    std::string path;
    const settings_table* table = nullptr; ///< nullptr: the file has no such section
    std::set<std::string, std::less<>> known;
    std::vector<std::shared_ptr<section>> children;
};

} // namespace service
