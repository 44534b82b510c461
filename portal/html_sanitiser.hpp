#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace portal {

/// The HTML of a stranger's mail, made of allowed elements, attributes, styles and addresses only.
struct safe_html {
    std::string body; ///< what stands between <body> and </body>
    std::string
        body_style;     ///< declarations for the body, escaped for an attribute in double quotes
    std::string styles; ///< rules, without any `<`
    std::size_t remote_images = 0; ///< left out: nothing is ever fetched from the Internet
    std::size_t text_octets = 0;   ///< of visible text, and
    std::size_t blocks = 0;        ///< elements that begin a line: how tall it may get
};

/// Gives the data: URL of an image that the mail itself brings along, by content id.
using image_finder = std::function<std::optional<std::string>(std::string_view content_id)>;

/// nullopt: too large or too many tags to be shown as HTML. One layer of three: the frame's sandbox
/// and the Content-Security-Policy hold without it, and it holds without them.
std::optional<safe_html> sanitise_html(std::string_view html, const image_finder& image);

/// The whole document for the sandboxed frame: its own Content-Security-Policy, links open in a new
/// tab.
std::string frame_document(const safe_html& html);

} // namespace portal
