#include "cli/text_table.hpp"

#include <algorithm>

namespace cli {

namespace {

std::string table_line(
    const std::vector<std::string>& cells, const std::vector<std::size_t>& widths)
{
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        line += cells[column];
        if (column + 1 < cells.size())
            line += std::string(widths[column] - width(cells[column]) + 1, ' ');
    }
    while (line.ends_with(' '))
        line.pop_back();
    return line + "\n";
}

} // namespace

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

std::string text_table(
    const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    std::vector<std::string> dashes;
    for (std::size_t column = 0; column < headings.size(); ++column) {
        std::size_t widest = width(headings[column]);
        dashes.emplace_back(widest, '-');
        for (const std::vector<std::string>& row : rows)
            widest = std::max(widest, width(row[column]));
        widths.push_back(widest);
    }
    std::string text = table_line(headings, widths) + table_line(dashes, widths);
    for (const std::vector<std::string>& row : rows)
        text += table_line(row, widths);
    return text;
}

} // namespace cli
