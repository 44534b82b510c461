#include "service/settings_document.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>
#include <utility>

namespace service {
namespace {

constexpr std::size_t longest_file = 1024 * 1024;
constexpr std::size_t longest_shown = 80;

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    if (!stream || std::filesystem::is_directory(file)) {
        const std::string reason =
            std::filesystem::is_directory(file) ? "is a folder" : std::strerror(errno);
        throw invalid_settings{file.string() + ": cannot be read: " + reason};
    }
    std::string content(longest_file + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > longest_file) {
        throw invalid_settings{file.string() + ": is longer than 1 MiB"};
    }
    return content;
}

std::string shown(const toml::node& value)
{
    std::ostringstream out;
    value.visit([&out](const auto& concrete) { out << concrete; });
    std::string text = out.str();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.size() > longest_shown ? text.substr(0, longest_shown) + "…" : text;
}

settings_table plain_table(const toml::table& table);

settings_value plain(const toml::node& node)
{
    settings_value value;
    value.shown = shown(node);
    if (const auto* const text = node.as_string()) {
        value.content = text->get();
    } else if (const auto* const number = node.as_integer()) {
        value.content = number->get();
    } else if (const auto* const flag = node.as_boolean()) {
        value.content = flag->get();
    } else if (const auto* const table = node.as_table()) {
        value.content = std::make_shared<settings_table>(plain_table(*table));
    } else if (const auto* const array = node.as_array()) {
        std::vector<settings_value> elements;
        for (const toml::node& element : *array) {
            elements.push_back(plain(element));
        }
        value.content = std::move(elements);
    }
    return value;
}

settings_table plain_table(const toml::table& table)
{
    settings_table plain_one;
    for (const auto& [key, node] : table) {
        plain_one.emplace(std::string{key.str()}, plain(node));
    }
    return plain_one;
}

settings_table parsed(const std::filesystem::path& file)
{
    const std::string content = content_of(file);
    try {
        return plain_table(toml::parse(content, file.string()));
    } catch (const toml::parse_error& error) {
        const auto at = error.source().begin;
        throw invalid_settings{
            file.string() + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
            std::string{error.description()}};
    }
}

/// Levenshtein: how many letters were mistyped.
std::size_t distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string remedy(std::string_view unknown, const std::set<std::string, std::less<>>& known)
{
    for (const std::string& candidate : known) {
        if (unknown.size() < 64 && distance(unknown, candidate) <= 2) {
            return "is unknown, did you mean \"" + candidate + "\"?";
        }
    }
    return "is unknown";
}

} // namespace

settings_reader::document::document(const std::filesystem::path& file)
    : folder(std::filesystem::absolute(file).parent_path()), root(parsed(file))
{}

settings_reader::section::section(document& file, std::string name) : path(std::move(name))
{
    const auto found = file.root.find(path);
    if (found == file.root.end()) {
        return;
    }
    table = found->second.as_table();
    if (table == nullptr) {
        file.faults.push_back(path + ": is not a section; write [" + path + "]");
    }
}

settings_reader::section::section(std::string full_path, const settings_table* content)
    : path(std::move(full_path)), table(content)
{}

const settings_value* settings_reader::section::find(std::string_view key)
{
    known.emplace(key);
    if (table == nullptr) {
        return nullptr;
    }
    const auto found = table->find(key);
    return found == table->end() ? nullptr : &found->second;
}

std::string settings_reader::section::path_of(std::string_view key) const
{
    return path + "." + std::string{key};
}

void settings_reader::section::note_unknown_keys(std::vector<std::string>& faults) const
{
    if (table != nullptr) {
        for (const auto& [key, value] : *table) {
            if (!known.contains(key)) {
                faults.push_back(path_of(key) + ": " + remedy(key, known));
            }
        }
    }
    for (const std::shared_ptr<section>& child : children) {
        child->note_unknown_keys(faults);
    }
}

} // namespace service
