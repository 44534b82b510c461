#include "service/settings_reader.hpp"

#include "service/host_and_port.hpp"
#include "service/settings_document.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

namespace service {
namespace {

constexpr std::size_t longest_secret = 64 * 1024;

bool has_control_character(std::string_view text)
{
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return true;
        }
    }
    return false;
}

std::string without_final_space(std::string text)
{
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return text;
}

std::string range(std::int64_t least, std::int64_t most)
{
    return std::to_string(least) + " to " + std::to_string(most);
}

} // namespace

settings_reader::settings_reader(const std::filesystem::path& file, std::string section)
    : document_(std::make_shared<document>(file)),
      section_(std::make_shared<settings_reader::section>(*document_, std::move(section)))
{}

settings_reader::settings_reader(std::shared_ptr<document> file, std::shared_ptr<section> here)
    : document_(std::move(file)), section_(std::move(here))
{}

settings_reader::~settings_reader() = default;
settings_reader::settings_reader(settings_reader&&) noexcept = default;

void settings_reader::fault(std::string_view key, std::string_view what)
{
    document_->faults.push_back(section_->path_of(key) + ": " + std::string{what});
}

std::string settings_reader::checked_text(
    std::string_view key, std::string text, std::string fallback, std::size_t longest)
{
    if (text.size() > longest) {
        fault(
            key,
            "is " + std::to_string(text.size()) + " octets long, at most " +
                std::to_string(longest) + " are allowed");
        return fallback;
    }
    if (has_control_character(text)) {
        fault(key, "holds a control character");
        return fallback;
    }
    return text;
}

std::string settings_reader::text(std::string_view key, std::string fallback, std::size_t longest)
{
    const settings_value* const value = section_->find(key);
    if (value == nullptr) {
        return fallback;
    }
    const auto* const found = value->as<std::string>();
    if (found == nullptr) {
        fault(key, value->shown + " is not a text in quotes");
        return fallback;
    }
    return checked_text(key, *found, std::move(fallback), longest);
}

std::string settings_reader::required_text(std::string_view key, std::size_t longest)
{
    const settings_value* const value = section_->find(key);
    const auto* const found = value == nullptr ? nullptr : value->as<std::string>();
    if (value == nullptr || (found != nullptr && found->empty())) {
        fault(key, "is required");
        return {};
    }
    return text(key, {}, longest);
}

std::int64_t settings_reader::integer(
    std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most)
{
    const settings_value* const value = section_->find(key);
    if (value == nullptr) {
        return fallback;
    }
    const auto* const found = value->as<std::int64_t>();
    if (found == nullptr) {
        fault(key, value->shown + " is not an integer from " + range(least, most));
        return fallback;
    }
    if (*found < least || *found > most) {
        fault(key, std::to_string(*found) + " is outside " + range(least, most));
        return fallback;
    }
    return *found;
}

bool settings_reader::flag(std::string_view key, bool fallback)
{
    const settings_value* const value = section_->find(key);
    if (value == nullptr) {
        return fallback;
    }
    const auto* const found = value->as<bool>();
    if (found == nullptr) {
        fault(key, value->shown + " is neither true nor false");
        return fallback;
    }
    return *found;
}

std::vector<std::string> settings_reader::texts(
    std::string_view key, std::vector<std::string> fallback)
{
    const settings_value* const value = section_->find(key);
    if (value == nullptr) {
        return fallback;
    }
    const auto* const array = value->as<std::vector<settings_value>>();
    if (array == nullptr) {
        fault(key, value->shown + " is not an array of texts");
        return fallback;
    }
    std::vector<std::string> found;
    for (const settings_value& element : *array) {
        const auto* const text = element.as<std::string>();
        if (text == nullptr || has_control_character(*text)) {
            fault(key, element.shown + " is not a text in quotes without control characters");
            return fallback;
        }
        found.push_back(*text);
    }
    return found;
}

std::filesystem::path settings_reader::path(std::string_view key, std::filesystem::path fallback)
{
    const std::filesystem::path found = text(key, fallback.string(), 4096);
    return found.empty() ? found : (document_->folder / found).lexically_normal();
}

void settings_reader::no_value(
    std::string_view key, const std::filesystem::path& file, std::string_view why)
{
    fault(key, "\"" + file.string() + "\" " + std::string{why});
}

std::filesystem::path settings_reader::required_file(std::string_view key)
{
    const std::string named = required_text(key, 4096);
    if (named.empty()) {
        return {};
    }
    std::filesystem::path file = (document_->folder / named).lexically_normal();
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        no_value(key, file, error ? error.message() : "is not a file");
    } else if (!std::ifstream{file}) {
        no_value(key, file, "cannot be read; look at its owner and mode");
    }
    return file;
}

std::string settings_reader::secret_file(std::string_view key)
{
    const std::size_t faults_before = document_->faults.size();
    const std::filesystem::path file = required_file(key);
    if (document_->faults.size() != faults_before) {
        return {};
    }
    std::ifstream stream{file, std::ios::binary};
    std::string content{std::istreambuf_iterator<char>{stream}, {}};
    if (content.size() > longest_secret) {
        no_value(key, file, "is longer than 64 KiB, so it is no key");
        return {};
    }
    content = without_final_space(std::move(content));
    if (content.empty()) {
        no_value(key, file, "is empty");
    }
    return content;
}

std::string settings_reader::host_and_port(std::string_view key, std::string fallback)
{
    std::string found = text(key, fallback);
    if (found == fallback || parse_host_and_port(found)) {
        return found;
    }
    fault(key, "\"" + found + "\" is not host:port");
    return fallback;
}

std::string settings_reader::required_host_and_port(std::string_view key)
{
    const std::size_t faults_before = document_->faults.size();
    required_text(key);
    return document_->faults.size() == faults_before ? host_and_port(key, {}) : std::string{};
}

std::vector<settings_reader> settings_reader::tables(std::string_view key)
{
    std::vector<settings_reader> readers;
    const settings_value* const value = section_->find(key);
    if (value == nullptr) {
        return readers;
    }
    const auto* const array = value->as<std::vector<settings_value>>();
    const auto is_table = [](const settings_value& one) { return one.as_table() != nullptr; };
    if (array == nullptr || !std::all_of(array->begin(), array->end(), is_table)) {
        fault(
            key, value->shown + " is not an array of tables ([[" + section_->path_of(key) + "]])");
        return readers;
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
        auto child = std::make_shared<section>(
            section_->path_of(key) + "[" + std::to_string(i) + "]", (*array)[i].as_table());
        section_->children.push_back(child);
        readers.push_back(settings_reader{document_, std::move(child)});
    }
    return readers;
}

void settings_reader::finish()
{
    section_->note_unknown_keys(document_->faults);
    if (document_->faults.empty()) {
        return;
    }
    std::ostringstream all;
    for (std::size_t i = 0; i < document_->faults.size(); ++i) {
        all << (i == 0 ? "" : "\n") << document_->faults[i];
    }
    document_->faults.clear();
    throw invalid_settings{all.str()};
}

} // namespace service
