#pragma once

#include <string>
#include <string_view>

/// CSS of a stranger's mail, by allow-lists of properties, functions and characters: nothing in the
/// result can load, run, overlay or leave the element it stands in. Dropping too much is fine.
namespace portal {

/// The declarations of a style attribute that are allowed, "color:red;width:10px".
std::string filter_declarations(std::string_view css);

/// The rules of a style element that are allowed; of at-rules only @media.
std::string filter_stylesheet(std::string_view css);

} // namespace portal
