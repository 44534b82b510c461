#include "portal/html_sanitiser.hpp"
#include "tests/portal/hostile_html.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using portal::safe_html;
using portal::sanitise_html;

std::optional<std::string> no_image(std::string_view)
{
    return std::nullopt;
}

struct tag {
    std::string name; ///< "/p" for an end tag
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// Reads the sanitiser's own output, strictly: whatever is not exactly `<name a="b" c="d">` fails
/// the test, and so does an angle bracket or a quote where none may stand. Independent of the code
/// under test.
std::vector<tag> strictly_read(std::string_view html)
{
    std::vector<tag> tags;
    while (!html.empty()) {
        const std::size_t begin = html.find_first_of("<>");
        if (begin == std::string_view::npos) {
            break;
        }
        EXPECT_EQ(html[begin], '<');
        html.remove_prefix(begin + 1);
        const std::size_t end = html.find_first_of(" >");
        tag read{std::string{html.substr(0, end)}, {}};
        html.remove_prefix(std::min(end, html.size()));
        while (html.starts_with(' ')) {
            const std::size_t equals = html.find("=\"");
            const std::size_t close = html.find('"', equals + 2);
            if (equals == std::string_view::npos || close == std::string_view::npos) {
                ADD_FAILURE() << "attribute without quotes";
                return tags;
            }
            const std::string_view value = html.substr(equals + 2, close - equals - 2);
            EXPECT_EQ(value.find_first_of("<>"), std::string_view::npos);
            read.attributes.emplace_back(html.substr(1, equals - 1), value);
            html.remove_prefix(close + 1);
        }
        EXPECT_TRUE(html.starts_with('>'));
        html.remove_prefix(html.empty() ? 0 : 1);
        tags.push_back(std::move(read));
    }
    return tags;
}

const std::set<std::string> harmless_elements = {
    "a",       "abbr",    "address", "b",        "big", "blockquote", "br",     "caption",
    "center",  "code",    "col",     "dd",       "div", "dl",         "dt",     "em",
    "font",    "h1",      "h2",      "h3",       "h4",  "h5",         "h6",     "hr",
    "i",       "img",     "li",      "nobr",     "ol",  "p",          "pre",    "s",
    "small",   "span",    "strike",  "strong",   "sub", "sup",        "table",  "tbody",
    "td",      "tfoot",   "th",      "thead",    "tr",  "tt",         "u",      "ul",
    "section", "article", "figure",  "colgroup", "q",   "main",       "header", "footer",
    "nav",     "aside",   "mark",    "ruby",     "rt"};
const std::set<std::string> harmless_attributes = {
    "href",        "target",      "rel",    "src",   "alt",    "title",   "style",
    "class",       "width",       "height", "align", "valign", "border",  "bgcolor",
    "color",       "face",        "size",   "dir",   "lang",   "colspan", "rowspan",
    "cellpadding", "cellspacing", "type",   "start", "value"};

void expect_harmless_value(const std::string& name, const std::string& value)
{
    if (name == "href") {
        EXPECT_TRUE(
            value.starts_with("http://") || value.starts_with("https://") ||
            value.starts_with("mailto:") || value.starts_with("HTTP") ||
            value.starts_with("MAILTO"))
            << value;
        EXPECT_EQ(value.find_first_of(" \t\r\n"), std::string::npos) << value;
    }
    if (name == "src") {
        EXPECT_TRUE(value.starts_with("data:image/")) << value;
        EXPECT_EQ(value.find("svg"), std::string::npos) << value;
    }
    if (name == "style") {
        EXPECT_EQ(value.find_first_of("\\@{}"), std::string::npos) << value;
        EXPECT_EQ(value.find("url"), std::string::npos) << value;
        EXPECT_EQ(value.find("expression"), std::string::npos) << value;
    }
}

void expect_harmless(const safe_html& html, std::string_view payload)
{
    SCOPED_TRACE(payload.substr(0, 200));
    for (const tag& read : strictly_read(html.body)) {
        const std::string name = read.name.starts_with('/') ? read.name.substr(1) : read.name;
        EXPECT_TRUE(harmless_elements.contains(name)) << name;
        EXPECT_TRUE(!read.name.starts_with('/') || read.attributes.empty());
        for (const auto& [attribute, value] : read.attributes) {
            EXPECT_TRUE(harmless_attributes.contains(attribute)) << attribute;
            expect_harmless_value(attribute, value);
        }
    }
    EXPECT_EQ(html.styles.find_first_of("<\\"), std::string::npos) << html.styles;
    EXPECT_EQ(html.styles.find("url("), std::string::npos) << html.styles;
    EXPECT_EQ(html.styles.find("@import"), std::string::npos) << html.styles;
    EXPECT_EQ(html.body_style.find_first_of("<>\"\\"), std::string::npos) << html.body_style;
}

TEST(HtmlSanitiser, makes_every_hostile_payload_harmless)
{
    const auto payloads = tests::hostile_html();
    ASSERT_GE(payloads.size(), 100U);
    for (const std::string_view payload : payloads) {
        const std::optional<safe_html> html = sanitise_html(payload, no_image);
        ASSERT_TRUE(html) << payload;
        expect_harmless(*html, payload);
    }
}

TEST(HtmlSanitiser, its_result_is_harmless_when_it_is_parsed_again_and_stays_the_same)
{
    for (const std::string_view payload : tests::hostile_html()) {
        const safe_html once = sanitise_html(payload, no_image).value();
        const safe_html twice = sanitise_html(once.body, no_image).value();
        expect_harmless(twice, payload);
        const safe_html thrice = sanitise_html(twice.body, no_image).value();
        EXPECT_EQ(twice.body, thrice.body) << payload;
    }
}

TEST(HtmlSanitiser, payloads_in_one_another_stay_harmless)
{
    for (const std::string_view outer : tests::hostile_html()) {
        for (const std::string_view breaker :
             {"</style>", "</title>", "-->", "\">", "'>", "</svg>"}) {
            const std::string payload =
                std::string{outer} + std::string{breaker} + "<img src=x onerror=alert(1)>";
            expect_harmless(sanitise_html(payload, no_image).value(), payload);
        }
    }
}

TEST(HtmlSanitiser, every_prefix_of_a_payload_is_harmless)
{
    for (const std::string_view payload : tests::hostile_html()) {
        for (std::size_t length = 0; length < std::min<std::size_t>(payload.size(), 120);
             ++length) {
            const std::string_view prefix = payload.substr(0, length);
            expect_harmless(sanitise_html(prefix, no_image).value(), prefix);
        }
    }
}

TEST(HtmlSanitiser, keeps_the_looks_of_ordinary_mail)
{
    const safe_html html =
        sanitise_html(
            "<html><head><style>.x{color:red}</style></head><body bgcolor=#eeeeee "
            "style='margin:0'><table width=600><tr><td align=center "
            "style=\"font-size:12px\"><a href=\"https://example.org/?a=1&amp;b=2\">"
            "<b>Read</b> on</a></td></tr></table></body></html>",
            no_image)
            .value();
    EXPECT_EQ(html.styles, ".x{color:red;}");
    EXPECT_EQ(html.body_style, "background-color:#eeeeee;margin:0;");
    EXPECT_NE(html.body.find("<table width=\"600\">"), std::string::npos) << html.body;
    EXPECT_NE(html.body.find("<td align=\"center\" style=\"font-size:12px;\">"), std::string::npos);
    EXPECT_NE(
        html.body.find("<a href=\"https://example.org/?a=1&amp;b=2\" target=\"_blank\" "
                       "rel=\"noopener noreferrer nofollow\"><b>Read</b> on</a>"),
        std::string::npos)
        << html.body;
}

TEST(HtmlSanitiser, text_is_kept_from_elements_that_are_not)
{
    const safe_html html =
        sanitise_html("<custom-x><form><label>Name</label><o:p>x</o:p></form></custom-x>", no_image)
            .value();
    EXPECT_EQ(html.body, "Namex");
}

TEST(HtmlSanitiser, never_fetches_images_and_counts_those_left_out)
{
    const safe_html html =
        sanitise_html(
            "<img src=https://t.example/1.gif alt=one><img src=//t.example/2><img src=/3>"
            "<img src='data:image/svg+xml;base64,PHN2Zz4='><img alt=none>"
            "<img src='data:image/png;base64,iVBORw0KGgo='>",
            no_image)
            .value();
    EXPECT_EQ(html.remote_images, 4U);
    EXPECT_EQ(html.body.find("t.example"), std::string::npos);
    EXPECT_NE(html.body.find("src=\"data:image/png;base64,iVBORw0KGgo=\""), std::string::npos);
    EXPECT_NE(html.body.find("alt=\"one\""), std::string::npos);
}

TEST(HtmlSanitiser, asks_for_images_of_the_mail_by_their_decoded_content_id)
{
    std::vector<std::string> asked;
    const auto image = [&](std::string_view id) -> std::optional<std::string> {
        asked.emplace_back(id);
        return "data:image/png;base64,AAAA";
    };
    const safe_html html =
        sanitise_html("<img src='cid:a%40b'><img src=CID:plain><img src='cid:\"><script>'>", image)
            .value();
    EXPECT_EQ(asked, (std::vector<std::string>{"a@b", "plain", "\"><script>"}));
    EXPECT_EQ(html.remote_images, 0U);
    expect_harmless(html, "cid");
}

TEST(HtmlSanitiser, the_frame_has_its_own_policy_and_opens_links_outside)
{
    safe_html html = sanitise_html("<p>x", no_image).value();
    const std::string document = portal::frame_document(html);
    EXPECT_NE(document.find("http-equiv=\"Content-Security-Policy\""), std::string::npos);
    EXPECT_NE(document.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(document.find("<base target=\"_blank\">"), std::string::npos);
    EXPECT_LT(document.find("Content-Security-Policy"), document.find("<style>"));
    EXPECT_EQ(document.find("script"), std::string::npos);
}

TEST(HtmlSanitiser, hostile_size_and_nesting_end_soon)
{
    for (const std::string_view unit :
         {"<div>",
          "<b>",
          "<font color=red>",
          "<a href=http://x>",
          "<table>",
          "<table><tr><td>",
          "<svg>",
          "<math><mi>",
          "<p><b>",
          "</p>",
          "<li>",
          "<select>",
          "<template>",
          "<frameset>",
          "<svg><p>",
          "<i></b>",
          "<button>",
          "<form>",
          "<nobr>",
          "<option>",
          "<table><a>x",
          "<applet>",
          "<object>"}) {
        std::string html;
        for (std::size_t i = 0; i < 30'000 && html.size() < 400'000; ++i) {
            html += unit;
        }
        const auto began = std::chrono::steady_clock::now();
        const std::optional<safe_html> result = sanitise_html(html, no_image);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10}) << unit;
        if (result) {
            expect_harmless(*result, unit);
        }
    }
    EXPECT_FALSE(sanitise_html(std::string(5'000'000, ' '), no_image));
}

} // namespace
