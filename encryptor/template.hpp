#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace encryptor {

/// Values of an HTML or text template: texts, and lists of the same for sections.
struct template_values {
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<template_values>>
        sections; ///< absent: the section is left out
};

/// Renders a compiled-in template (ctemplate syntax: {{NAME}}, {{#SECTION}}…{{/SECTION}}) with
/// context-aware escaping: text, attribute, URL, style. `name` identifies the template; `source`
/// must be the same at every call with that name.
std::string render_html(
    std::string_view name, std::string_view source, const template_values& values);
/// No escaping, for text/plain; control characters of values are dropped.
std::string render_text(
    std::string_view name, std::string_view source, const template_values& values);

} // namespace encryptor
