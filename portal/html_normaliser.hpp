#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portal {

/// Rewrites a stranger's HTML into canonical, well-nested syntax in linear time, so that the HTML5
/// tree builder behind it cannot be made slow or deep: at most 256 levels, 64 attributes a tag, no
/// raw text but CSS, no comments, and formatting elements renamed (`f-b` for `b`), which keeps the
/// tree builder from copying them into every paragraph. It decides nothing about safety: that is
/// html_sanitiser's allow-list. nullopt: more than 4 MiB or 100,000 tags.
std::optional<std::string> normalised_html(std::string_view html);

/// Prefix of a renamed formatting element.
constexpr std::string_view formatting_prefix = "f-";

} // namespace portal
