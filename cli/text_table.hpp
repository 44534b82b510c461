#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A table for a terminal: a heading, a line of dashes, columns as wide as their longest value.
/// Widths count characters, not octets; the last column is not padded.
std::string text_table(
    const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows);

/// Characters of UTF-8.
std::size_t width(std::string_view text);

} // namespace cli
