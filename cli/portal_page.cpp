#include "cli/portal_page.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace cli {

namespace {

struct tag {
    std::string name; ///< lower case; "/form" for an end
    std::map<std::string, std::string> attributes;
    std::size_t begin = 0; ///< of its "<"
    std::size_t end = 0;   ///< after its ">"
};

bool is_space(char character)
{
    return std::isspace(static_cast<unsigned char>(character)) != 0;
}

std::string lower(std::string_view text)
{
    std::string small(text);
    std::transform(
        small.begin(), small.end(), small.begin(), [](unsigned char c) { return std::tolower(c); });
    return small;
}

/// Reads the attributes between the tag's name and its ">".
class attribute_reader {
public:
    attribute_reader(std::string_view html, std::size_t at) : html_(html), at_(at) {}

    std::map<std::string, std::string> read()
    {
        std::map<std::string, std::string> attributes;
        for (;;) {
            while (!done() && (is_space(html_[at_]) || html_[at_] == '/'))
                ++at_;
            if (done() || html_[at_] == '>')
                break;
            std::string name = lower(word("=>/"));
            std::string value;
            if (!done() && html_[at_] == '=') {
                ++at_;
                value = this->value();
            }
            attributes.emplace(std::move(name), resolved(value));
        }
        if (!done())
            ++at_;
        return attributes;
    }

    std::size_t position() const { return at_; }

private:
    bool done() const { return at_ >= html_.size(); }

    std::string_view word(std::string_view stops)
    {
        const std::size_t begin = at_;
        do
            ++at_;
        while (!done() && !is_space(html_[at_]) &&
               stops.find(html_[at_]) == std::string_view::npos);
        return html_.substr(begin, at_ - begin);
    }

    std::string value()
    {
        if (done())
            return "";
        const char quote = html_[at_];
        if (quote != '"' && quote != '\'')
            return std::string(word(">"));
        const std::size_t end = html_.find(quote, at_ + 1);
        const std::size_t last = end == std::string_view::npos ? html_.size() : end;
        const std::string_view text = html_.substr(at_ + 1, last - at_ - 1);
        at_ = std::min(last + 1, html_.size());
        return std::string(text);
    }

    std::string_view html_;
    std::size_t at_;
};

/// The next tag from `from` on.
std::optional<tag> next_tag(std::string_view html, std::size_t from)
{
    for (std::size_t at = html.find('<', from); at != std::string_view::npos;
         at = html.find('<', at + 1)) {
        std::size_t end = at + 1;
        if (end < html.size() && html[end] == '/')
            ++end;
        if (end >= html.size() || std::isalpha(static_cast<unsigned char>(html[end])) == 0)
            continue;
        while (end < html.size() && !is_space(html[end]) && html[end] != '>' && html[end] != '/')
            ++end;
        tag found;
        found.name = lower(html.substr(at + 1, end - at - 1));
        attribute_reader reader(html, end);
        found.attributes = reader.read();
        found.begin = at;
        found.end = reader.position();
        return found;
    }
    return std::nullopt;
}

/// The text from just after `opened` to its end tag; line breaks as the tags say.
std::string text_inside(std::string_view html, const tag& opened)
{
    std::string text;
    std::size_t depth = 1;
    std::size_t at = opened.end;
    while (const auto found = next_tag(html, at)) {
        text += resolved(html.substr(at, found->begin - at));
        at = found->end;
        if (found->name == "br" || found->name == "/p" || found->name == "/div")
            text += "\n";
        if (found->name == opened.name)
            ++depth;
        else if (found->name == "/" + opened.name && --depth == 0)
            break;
    }
    while (!text.empty() && is_space(text.back()))
        text.pop_back();
    const auto first = std::find_if(text.begin(), text.end(), [](char c) { return !is_space(c); });
    return {first, text.end()};
}

bool has_class(const tag& one, std::string_view name)
{
    const auto found = one.attributes.find("class");
    if (found == one.attributes.end())
        return false;
    const std::string padded = " " + found->second + " ";
    return padded.find(" " + std::string(name) + " ") != std::string::npos;
}

template <class Wanted>
std::string text_of_first(std::string_view html, Wanted wanted)
{
    for (std::size_t at = 0; const auto found = next_tag(html, at); at = found->end)
        if (wanted(*found))
            return text_inside(html, *found);
    return "";
}

std::string utf8(unsigned code)
{
    const auto octet = [](unsigned value) { return static_cast<char>(value); };
    if (code < 0x80)
        return {octet(code)};
    if (code < 0x800)
        return {octet(0xc0 | code >> 6), octet(0x80 | (code & 63))};
    if (code < 0x10000)
        return {
            octet(0xe0 | code >> 12), octet(0x80 | (code >> 6 & 63)), octet(0x80 | (code & 63))};
    return {
        octet(0xf0 | code >> 18),
        octet(0x80 | (code >> 12 & 63)),
        octet(0x80 | (code >> 6 & 63)),
        octet(0x80 | (code & 63))};
}

/// nullopt: no reference, but an ampersand in the text.
std::optional<std::string> referred(std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> known = {
        {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};
    for (const auto& [word, text] : known)
        if (word == name)
            return std::string(text);
    if (name.size() < 2 || name[0] != '#')
        return std::nullopt;
    const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
    name.remove_prefix(hexadecimal ? 2 : 1);
    unsigned code = 0;
    const auto [rest, wrong] =
        std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
    if (wrong != std::errc() || rest != name.data() + name.size() || code > 0x10ffff)
        return std::nullopt;
    return utf8(code);
}

std::string attribute(const tag& one, const std::string& name)
{
    const auto found = one.attributes.find(name);
    return found == one.attributes.end() ? "" : found->second;
}

} // namespace

std::vector<page_form> forms_of(std::string_view html)
{
    std::vector<page_form> forms;
    bool inside = false;
    for (std::size_t at = 0; const auto found = next_tag(html, at); at = found->end) {
        if (found->name == "form") {
            forms.push_back({attribute(*found, "action"), {}});
            inside = true;
        } else if (found->name == "/form") {
            inside = false;
        } else if (inside && found->name == "input" && found->attributes.contains("name")) {
            forms.back().fields[attribute(*found, "name")] = attribute(*found, "value");
        }
    }
    return forms;
}

std::vector<std::string> links_with(std::string_view html, std::string_view part)
{
    std::vector<std::string> links;
    for (std::size_t at = 0; const auto found = next_tag(html, at); at = found->end) {
        const std::string target = attribute(*found, "href");
        if (found->name == "a" && target.find(part) != std::string::npos)
            links.push_back(target);
    }
    return links;
}

std::string text_of_class(std::string_view html, std::string_view name)
{
    return text_of_first(html, [name](const tag& one) { return has_class(one, name); });
}

std::string text_of_element(std::string_view html, std::string_view element)
{
    return text_of_first(html, [element](const tag& one) { return one.name == element; });
}

std::string resolved(std::string_view html)
{
    constexpr std::size_t longest_reference = 10;
    std::string text;
    for (std::size_t at = 0; at < html.size(); ++at) {
        const std::size_t end = html[at] == '&' ? html.find(';', at) : std::string_view::npos;
        if (end != std::string_view::npos && end - at <= longest_reference) {
            if (const auto character = referred(html.substr(at + 1, end - at - 1))) {
                text += *character;
                at = end;
                continue;
            }
        }
        text += html[at];
    }
    return text;
}

} // namespace cli
