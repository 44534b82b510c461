#include "portal/style_filter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace portal {

namespace {

constexpr std::size_t longest_value = 300;
constexpr std::size_t longest_selector = 500;
constexpr std::size_t longest_stylesheet = 256 * 1024;

// Sorted. Left out on purpose: position, z-index, transform, animation, content, cursor, filter,
// and whatever takes an image.
constexpr std::array<std::string_view, 95> properties = {
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "column-gap",
    "direction",
    "display",
    "empty-cells",
    "flex",
    "flex-direction",
    "flex-wrap",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "gap",
    "height",
    "hyphens",
    "letter-spacing",
    "line-height",
    "list-style",
    "list-style-position",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "object-fit",
    "opacity",
    "outline",
    "overflow",
    "overflow-wrap",
    "overflow-x",
    "overflow-y",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "row-gap",
    "tab-size",
    "table-layout",
    "text-align",
    "text-align-last",
    "text-decoration",
    "text-decoration-color",
    "text-decoration-line",
    "text-decoration-style",
    "text-indent",
    "text-overflow",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-wrap"};
static_assert(std::is_sorted(properties.begin(), properties.end()));

constexpr std::array<std::string_view, 5> functions = {"calc", "hsl", "hsla", "rgb", "rgba"};

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lower(std::string_view text)
{
    std::string result{text};
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return result;
}

bool made_of(std::string_view text, std::string_view others)
{
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return is_alphanumeric(c) || is_space(c) || others.find(c) != std::string_view::npos;
    });
}

/// Comments and the HTML comment brackets, which browsers ignore in a style element.
std::string without_comments(std::string_view css)
{
    std::string result;
    while (!css.empty()) {
        const std::size_t begin = css.find("/*");
        result += css.substr(0, begin);
        if (begin == std::string_view::npos) {
            break;
        }
        result += ' ';
        const std::size_t end = css.find("*/", begin + 2);
        css = end == std::string_view::npos ? std::string_view{} : css.substr(end + 2);
    }
    for (const std::string_view bracket : {"<!--", "-->"}) {
        for (std::size_t at = 0; (at = result.find(bracket, at)) != std::string::npos;) {
            result.replace(at, bracket.size(), bracket.size(), ' ');
        }
    }
    return result;
}

bool parentheses_are_allowed(std::string_view value)
{
    int depth = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == ')' && --depth < 0) {
            return false;
        }
        if (value[i] != '(') {
            continue;
        }
        ++depth;
        std::size_t begin = i;
        while (begin > 0 && (is_alphanumeric(value[begin - 1]) || value[begin - 1] == '-')) {
            --begin;
        }
        const std::string name = lower(value.substr(begin, i - begin));
        const bool grouping = name.empty() && depth > 1; // inside calc()
        if (!grouping && std::find(functions.begin(), functions.end(), name) == functions.end()) {
            return false;
        }
    }
    return depth == 0;
}

bool value_is_allowed(std::string_view value)
{
    return !value.empty() && value.size() <= longest_value && made_of(value, "#%.,()/!+*'\"_-") &&
           std::count(value.begin(), value.end(), '"') % 2 == 0 &&
           std::count(value.begin(), value.end(), '\'') % 2 == 0 && parentheses_are_allowed(value);
}

std::string allowed_declaration(std::string_view declaration)
{
    const std::size_t colon = declaration.find(':');
    if (colon == std::string_view::npos) {
        return {};
    }
    const std::string property = lower(trimmed(declaration.substr(0, colon)));
    const std::string_view value = trimmed(declaration.substr(colon + 1));
    if (!std::binary_search(properties.begin(), properties.end(), std::string_view{property}) ||
        !value_is_allowed(value)) {
        return {};
    }
    return property + ':' + std::string{value} + ';';
}

std::string allowed_declarations(std::string_view css)
{
    std::string result;
    while (!css.empty()) {
        const std::size_t end = css.find(';');
        result += allowed_declaration(css.substr(0, end));
        css = end == std::string_view::npos ? std::string_view{} : css.substr(end + 1);
    }
    return result;
}

/// The block after an opening brace, up to its closing one; `css` goes on behind it.
std::string_view take_block(std::string_view& css)
{
    std::size_t depth = 1;
    for (std::size_t i = 0; i < css.size(); ++i) {
        depth += css[i] == '{' ? 1 : 0;
        depth -= css[i] == '}' ? 1 : 0;
        if (depth == 0) {
            const std::string_view block = css.substr(0, i);
            css.remove_prefix(i + 1);
            return block;
        }
    }
    return std::exchange(css, {});
}

std::string allowed_rules(std::string_view css, bool may_nest)
{
    std::string result;
    while (!(css = trimmed(css)).empty()) {
        const std::size_t stop = css.find_first_of("{;");
        if (stop == std::string_view::npos) {
            break;
        }
        const std::string_view prelude = trimmed(css.substr(0, stop));
        const bool block_follows = css[stop] == '{';
        css.remove_prefix(stop + 1);
        if (!block_follows) {
            continue; // @import, @charset, or rubbish
        }
        const std::string_view block = take_block(css);
        const bool at_rule = !prelude.empty() && prelude.front() == '@';
        if (at_rule && may_nest && lower(prelude.substr(0, 7)) == "@media " &&
            made_of(prelude.substr(1), "(),:.-")) {
            result += std::string{prelude} + '{' + allowed_rules(block, false) + '}';
        } else if (
            !at_rule && !prelude.empty() && prelude.size() <= longest_selector &&
            made_of(prelude, ".#,>+~*:_-()")) {
            result += std::string{prelude} + '{' + allowed_declarations(block) + '}';
        }
    }
    return result;
}

} // namespace

std::string filter_declarations(std::string_view css)
{
    return allowed_declarations(without_comments(css.substr(0, 16 * 1024)));
}

std::string filter_stylesheet(std::string_view css)
{
    return allowed_rules(without_comments(css.substr(0, longest_stylesheet)), true);
}

} // namespace portal
