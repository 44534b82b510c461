#pragma once

#include <string_view>
#include <vector>

namespace portal {

/// A stretch of plain text; `link` is the address that follows it, empty for none.
struct text_piece {
    std::string_view text;
    std::string_view link;
};

/// Finds http and https addresses in plain text, at most 2,000 of them; every octet of `text` is in
/// exactly one piece. The views are into `text`.
std::vector<text_piece> split_links(std::string_view text);

} // namespace portal
