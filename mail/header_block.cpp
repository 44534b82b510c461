#include "mail/header_block.hpp"

#include <algorithm>

namespace mail {
namespace {

bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view without_line_end(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// RFC 5322 section 3.6.8: printable ASCII but the colon; empty: this is no field.
std::string_view field_name(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return {};
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && is_space(name.back()))
        name.remove_suffix(1);
    const auto printable = [](char c) { return c > ' ' && c <= '~'; };
    return std::all_of(name.begin(), name.end(), printable) ? name : std::string_view();
}

} // namespace

std::size_t header_block::feed(std::string_view octets)
{
    std::size_t taken = 0;
    while (state_ == progress::more && taken < octets.size()) {
        const auto line_end = octets.find('\n', taken);
        const auto stop = line_end == std::string_view::npos ? octets.size() : line_end + 1;
        take(octets.substr(taken, stop - taken));
        taken = stop;
    }
    return taken;
}

void header_block::take(std::string_view line_piece)
{
    if (block_.size() + line_piece.size() > limit) {
        state_ = progress::too_large;
        return;
    }
    block_ += line_piece;
    if (!line_piece.ends_with('\n'))
        return;
    const auto line = without_line_end(std::string_view(block_).substr(line_start_));
    if (line.empty())
        state_ = progress::complete;
    else if (!is_space(line.front()) && ++lines_ > most_fields)
        state_ = progress::too_large;
    line_start_ = block_.size();
}

std::vector<raw_field> header_block::split() const
{
    std::vector<raw_field> fields;
    bool in_field = false;
    for (std::size_t start = 0; start < block_.size();) {
        const auto line_end = block_.find('\n', start);
        const auto stop = line_end == std::string::npos ? block_.size() : line_end + 1;
        const std::string_view line = std::string_view(block_).substr(start, stop - start);
        start = stop;
        if (without_line_end(line).empty())
            break;
        if (is_space(line.front())) {
            if (in_field)
                fields.back().raw = {
                    fields.back().raw.data(), fields.back().raw.size() + line.size()};
            continue;
        }
        const auto name = field_name(line);
        in_field = !name.empty();
        if (in_field)
            fields.push_back({name, {}, line});
    }
    for (raw_field& field : fields)
        field.body = without_line_end(field.raw.substr(field.raw.find(':') + 1));
    return fields;
}

bool same_field(std::string_view left, std::string_view right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return lower(a) == lower(b);
    });
}

} // namespace mail
