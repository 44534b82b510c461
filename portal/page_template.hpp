#pragma once

#include "encryptor/template.hpp"
#include "portal/pages.hpp"

#include <string>
#include <string_view>

namespace portal {

/// A page's template between the common head and foot, rendered with the values that all pages
/// have.
std::string render_page(
    std::string_view name,
    std::string_view source,
    const page_frame& frame,
    std::string_view title,
    encryptor::template_values values);

/// A value of a section that is shown once.
encryptor::template_values text_value(std::string_view text);

} // namespace portal
