#include "portal/html_sanitiser.hpp"

#include "portal/html_allowed.hpp"
#include "portal/html_normaliser.hpp"
#include "portal/inline_images.hpp"
#include "portal/style_filter.hpp"

#include <gumbo.h>
#include <memory>
#include <vector>

namespace portal {

namespace {

struct gumbo_release {
    void operator()(GumboOutput* tree) const { gumbo_destroy_output(&kGumboDefaultOptions, tree); }
};

/// Writes allowed nodes of the tree out; walks with a stack of its own, whatever the depth.
class writer {
public:
    writer(safe_html& out, const image_finder& image) : out_(out), image_(image) {}
    void walk(const GumboNode& root);

private:
    struct open_node {
        const GumboElement* element;
        unsigned next_child = 0;
        std::string_view end_tag; ///< empty: nothing to close
    };

    void visit(const GumboNode& node);
    void visit_element(const GumboElement& element);
    void start_tag(std::string_view name, const GumboElement& element);
    void attribute(std::string_view element, const GumboAttribute& attribute);
    void image_source(std::string_view url);
    void style_element(const GumboElement& element);
    void body_element(const GumboElement& element);

    safe_html& out_;
    const image_finder& image_;
    std::vector<open_node> open_;
};

std::string_view name_of(const GumboElement& element)
{
    std::string_view name = gumbo_normalized_tagname(element.tag);
    if (element.tag == GUMBO_TAG_UNKNOWN) {
        // The original tag stands in the normaliser's output: lower case, without surprises.
        GumboStringPiece piece = element.original_tag;
        gumbo_tag_from_original_text(&piece);
        name = {piece.data == nullptr ? "" : piece.data, piece.data == nullptr ? 0 : piece.length};
        if (name.starts_with(formatting_prefix)) {
            name.remove_prefix(formatting_prefix.size());
        }
    }
    return name;
}

void writer::walk(const GumboNode& root)
{
    visit(root);
    while (!open_.empty()) {
        open_node& top = open_.back();
        if (top.next_child < top.element->children.length) {
            visit(*static_cast<const GumboNode*>(top.element->children.data[top.next_child++]));
            continue;
        }
        if (!top.end_tag.empty()) {
            out_.body += "</";
            out_.body += top.end_tag;
            out_.body += '>';
        }
        open_.pop_back();
    }
}

void writer::visit(const GumboNode& node)
{
    switch (node.type) {
    case GUMBO_NODE_ELEMENT:
        visit_element(node.v.element);
        break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
        out_.text_octets += std::string_view{node.v.text.text}.size();
        out_.body += escaped_html(node.v.text.text);
        break;
    default: // comments, CDATA, templates, the document
        break;
    }
}

void writer::visit_element(const GumboElement& element)
{
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML) {
        return; // SVG and MathML, with all that is in them
    }
    const std::string_view name = name_of(element);
    if (name == "style") {
        style_element(element);
        return;
    }
    if (is_dropped_with_content(name)) {
        return;
    }
    if (name == "body") {
        body_element(element);
    }
    const std::optional<allowed_element> allowed = find_allowed_element(name);
    if (allowed) {
        out_.blocks += allowed->block ? 1 : 0;
        start_tag(allowed->name, element);
    }
    if (!allowed || !allowed->empty) {
        open_.push_back({&element, 0, allowed ? allowed->name : std::string_view{}});
    }
}

void writer::start_tag(std::string_view name, const GumboElement& element)
{
    out_.body += '<';
    out_.body += name;
    for (unsigned i = 0; i < element.attributes.length; ++i) {
        attribute(name, *static_cast<const GumboAttribute*>(element.attributes.data[i]));
    }
    if (name == "a") {
        out_.body += " target=\"_blank\" rel=\"noopener noreferrer nofollow\"";
    }
    out_.body += '>';
}

void writer::attribute(std::string_view element, const GumboAttribute& attribute)
{
    const std::string_view name = attribute.name;
    const std::string_view value = attribute.value;
    if (element == "img" && name == "src") {
        image_source(value);
        return;
    }
    std::optional<std::string> kept = allowed_attribute(element, name, value);
    if (kept) {
        out_.body += ' ';
        out_.body += name;
        out_.body += "=\"" + escaped_html(*kept) + '"';
    }
}

void writer::image_source(std::string_view url)
{
    std::optional<std::string> own;
    if (const std::optional<std::string> content_id = content_id_of_url(url)) {
        own = image_(*content_id);
    } else if (is_image_data_url(url)) {
        own = std::string{url};
    } else {
        ++out_.remote_images;
    }
    if (own) {
        out_.body += " src=\"" + *own + '"';
    }
}

void writer::style_element(const GumboElement& element)
{
    for (unsigned i = 0; i < element.children.length; ++i) {
        const auto& child = *static_cast<const GumboNode*>(element.children.data[i]);
        if (child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE) {
            out_.styles += filter_stylesheet(child.v.text.text);
        }
    }
}

void writer::body_element(const GumboElement& element)
{
    std::string declarations;
    if (const GumboAttribute* colour = gumbo_get_attribute(&element.attributes, "bgcolor")) {
        declarations += "background-color:" + std::string{colour->value} + ';';
    }
    if (const GumboAttribute* style = gumbo_get_attribute(&element.attributes, "style")) {
        declarations += style->value;
    }
    out_.body_style = escaped_html(filter_declarations(declarations));
}

} // namespace

std::optional<safe_html> sanitise_html(std::string_view html, const image_finder& image)
{
    const std::optional<std::string> canonical = normalised_html(html);
    if (!canonical) {
        return std::nullopt;
    }
    const std::unique_ptr<GumboOutput, gumbo_release> tree{
        gumbo_parse_with_options(&kGumboDefaultOptions, canonical->data(), canonical->size())};
    safe_html result;
    writer{result, image}.walk(*tree->root);
    return result;
}

std::string frame_document(const safe_html& html)
{
    std::string document =
        "<!doctype html><html><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; form-action 'none'\">"
        "<meta name=\"referrer\" content=\"no-referrer\"><base target=\"_blank\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<style>:root{color-scheme:light}body{margin:16px;background:#fff;color:#1b1f24;"
        "font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}"
        "img{max-width:100%;height:auto}pre{white-space:pre-wrap}a{color:#0b5cad}</style><style>";
    document += html.styles;
    document += "</style></head><body style=\"" + html.body_style + "\">";
    document += html.body;
    document += "</body></html>";
    return document;
}

} // namespace portal
