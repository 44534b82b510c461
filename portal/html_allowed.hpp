#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The allow-lists of HTML mail. What is not named here does not reach a reader.
namespace portal {

struct allowed_element {
    std::string_view name;
    bool block = false; ///< begins a line
    bool empty = false; ///< has neither content nor an end tag
};

/// nullopt: the tag is dropped, what stands in it is looked at.
std::optional<allowed_element> find_allowed_element(std::string_view name);

/// Elements whose content is no text for readers, or is not worth the risk.
bool is_dropped_with_content(std::string_view name);

/// The value to write, filtered; nullopt: the attribute is dropped. `img src` is not decided here.
std::optional<std::string> allowed_attribute(
    std::string_view element, std::string_view name, std::string_view value);

/// http, https and mailto, absolute, without control characters or white space.
bool is_allowed_link(std::string_view url);
/// The content id of a `cid:` URL, decoded; nullopt for other URLs.
std::optional<std::string> content_id_of_url(std::string_view url);

/// For text and for attributes in double quotes.
std::string escaped_html(std::string_view text);

} // namespace portal
