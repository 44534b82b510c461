#pragma once

#include <initializer_list>
#include <string_view>

/// What HTML says about elements by name, as far as html_normaliser needs it. Names in lower case.
namespace portal {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names);

/// Has neither content nor an end tag.
bool is_void(std::string_view name);
/// Content is text up to the end tag, whatever it looks like (HTML, section 13.2.5).
bool is_raw_text(std::string_view name);
/// The tree builder opens these again in every paragraph (HTML, section 13.2.4.3).
bool is_formatting(std::string_view name);
/// An end tag of something that is no part of a table does not reach through these.
bool is_table_boundary(std::string_view name);
bool is_table_part(std::string_view name);
/// A start tag of the same name ends the one before: `<li>a<li>b`.
bool ends_its_like(std::string_view name);

} // namespace portal
