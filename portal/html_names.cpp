#include "portal/html_names.hpp"

#include <algorithm>
#include <initializer_list>

namespace portal {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_void(std::string_view name)
{
    return is_one_of(
        name,
        {"area",
         "base",
         "br",
         "col",
         "embed",
         "hr",
         "img",
         "input",
         "link",
         "meta",
         "param",
         "source",
         "track",
         "wbr",
         "frame",
         "keygen",
         "basefont",
         "bgsound"});
}

bool is_raw_text(std::string_view name)
{
    return is_one_of(
        name,
        {"script",
         "style",
         "xmp",
         "iframe",
         "noembed",
         "noframes",
         "noscript",
         "textarea",
         "title",
         "template"});
}

bool is_formatting(std::string_view name)
{
    return is_one_of(
        name,
        {"a",
         "b",
         "big",
         "code",
         "em",
         "font",
         "i",
         "nobr",
         "s",
         "small",
         "strike",
         "strong",
         "tt",
         "u"});
}

bool is_table_boundary(std::string_view name)
{
    return is_one_of(name, {"table", "td", "th", "caption"});
}

bool is_table_part(std::string_view name)
{
    return is_one_of(name, {"table", "td", "th", "caption", "tr", "tbody", "thead", "tfoot"});
}

bool ends_its_like(std::string_view name)
{
    return is_one_of(name, {"p", "li", "dt", "dd", "td", "th", "tr", "option"});
}

} // namespace portal
