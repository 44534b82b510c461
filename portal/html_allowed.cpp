#include "portal/html_allowed.hpp"

#include "portal/html_names.hpp"
#include "portal/style_filter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace portal {

namespace {

// Sorted by name.
constexpr std::array<allowed_element, 78> elements = {{
    {"a"},
    {"abbr"},
    {"address", true},
    {"article", true},
    {"aside", true},
    {"b"},
    {"bdi"},
    {"bdo"},
    {"big"},
    {"blockquote", true},
    {"br", true, true},
    {"caption", true},
    {"center", true},
    {"cite"},
    {"code"},
    {"col", false, true},
    {"colgroup"},
    {"dd", true},
    {"del"},
    {"dfn"},
    {"div", true},
    {"dl", true},
    {"dt", true},
    {"em"},
    {"figcaption", true},
    {"figure", true},
    {"font"},
    {"footer", true},
    {"h1", true},
    {"h2", true},
    {"h3", true},
    {"h4", true},
    {"h5", true},
    {"h6", true},
    {"header", true},
    {"hr", true, true},
    {"i"},
    {"img", true, true},
    {"ins"},
    {"kbd"},
    {"li", true},
    {"main", true},
    {"mark"},
    {"nav", true},
    {"nobr"},
    {"ol", true},
    {"p", true},
    {"pre", true},
    {"q"},
    {"rp"},
    {"rt"},
    {"ruby"},
    {"s"},
    {"samp"},
    {"section", true},
    {"small"},
    {"span"},
    {"strike"},
    {"strong"},
    {"sub"},
    {"sup"},
    {"table", true},
    {"tbody"},
    {"td"},
    {"tfoot"},
    {"th"},
    {"thead"},
    {"time"},
    {"tr", true},
    {"tt"},
    {"u"},
    {"ul", true},
    {"var"},
    {"wbr", false, true},
}};

constexpr std::array<std::string_view, 30> dropped = {
    "applet",    "audio",  "canvas",   "datalist", "embed",    "frame",    "frameset", "iframe",
    "link",      "math",   "meta",     "noembed",  "noframes", "noscript", "object",   "param",
    "plaintext", "portal", "progress", "script",   "select",   "source",   "svg",      "template",
    "textarea",  "title",  "track",    "video",    "xml",      "xmp"};
static_assert(std::is_sorted(dropped.begin(), dropped.end()));

constexpr std::size_t longest_link = 8 * 1024;

bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_word(std::string_view value, std::string_view others, std::size_t longest)
{
    return !value.empty() && value.size() <= longest &&
           std::all_of(value.begin(), value.end(), [&](char c) {
               return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
           });
}

bool is_table_cell(std::string_view element)
{
    return is_one_of(
        element, {"td", "th", "table", "tr", "tbody", "thead", "tfoot", "col", "colgroup"});
}

bool starts_with_any_case(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char p, char c) {
               return p == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
           });
}

int hexadecimal_digit(char c)
{
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at < 16 ? at : at - 6);
}

/// Measures, counts and colours: words without a meaning beyond the element.
bool is_plain_presentation(std::string_view element, std::string_view name)
{
    if (is_one_of(name, {"width", "height"})) {
        return is_table_cell(element) || element == "img" || element == "hr";
    }
    if (is_one_of(name, {"align", "valign", "bgcolor", "color", "border", "dir", "lang"})) {
        return true;
    }
    if (is_one_of(name, {"cellpadding", "cellspacing", "colspan", "rowspan", "nowrap", "span"})) {
        return is_table_cell(element);
    }
    return is_one_of(
               name, {"size", "start", "type", "value", "clear", "hspace", "vspace", "noshade"}) &&
           is_one_of(element, {"font", "ol", "ul", "li", "br", "hr", "img"});
}

} // namespace

std::optional<allowed_element> find_allowed_element(std::string_view name)
{
    const auto* found = std::find_if(
        elements.begin(), elements.end(), [&](const allowed_element& e) { return e.name == name; });
    return found == elements.end() ? std::nullopt : std::optional{*found};
}

bool is_dropped_with_content(std::string_view name)
{
    return std::binary_search(dropped.begin(), dropped.end(), name);
}

std::optional<std::string> allowed_attribute(
    std::string_view element, std::string_view name, std::string_view value)
{
    if (name == "style") {
        std::string filtered = filter_declarations(value);
        return filtered.empty() ? std::nullopt : std::optional{std::move(filtered)};
    }
    const bool kept =
        (is_plain_presentation(element, name) && is_word(value, "#%.-", 40)) ||
        (name == "class" && is_word(value, " _-", 200)) ||
        (name == "face" && element == "font" && is_word(value, " ,_-'", 200)) ||
        (is_one_of(name, {"title", "alt", "summary", "abbr"}) && value.size() <= 1000) ||
        (name == "datetime" && element == "time" && is_word(value, ":.+-", 40)) ||
        (name == "href" && element == "a" && is_allowed_link(value));
    return kept ? std::optional<std::string>{value} : std::nullopt;
}

bool is_allowed_link(std::string_view url)
{
    const bool clean =
        url.size() <= longest_link && std::none_of(url.begin(), url.end(), [](char c) {
            const auto octet = static_cast<unsigned char>(c);
            return octet <= 0x20 || octet == 0x7f || c == '\\';
        });
    if (!clean) {
        return false;
    }
    for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
        if (starts_with_any_case(url, scheme) && url.size() > scheme.size()) {
            return true;
        }
    }
    return false;
}

std::optional<std::string> content_id_of_url(std::string_view url)
{
    constexpr std::size_t longest_content_id = 998;
    if (!starts_with_any_case(url, "cid:") || url.size() > longest_content_id) {
        return std::nullopt;
    }
    url.remove_prefix(4);
    std::string id;
    for (std::size_t i = 0; i < url.size(); ++i) {
        const bool encoded = url[i] == '%' && i + 2 < url.size() &&
                             hexadecimal_digit(url[i + 1]) >= 0 &&
                             hexadecimal_digit(url[i + 2]) >= 0;
        if (encoded) {
            id += static_cast<char>(
                hexadecimal_digit(url[i + 1]) * 16 + hexadecimal_digit(url[i + 2]));
            i += 2;
        } else {
            id += url[i];
        }
    }
    return id;
}

std::string escaped_html(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        case '\0':
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

} // namespace portal
