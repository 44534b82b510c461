#include "portal/style_filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using portal::filter_declarations;
using portal::filter_stylesheet;

TEST(StyleFilter, keeps_what_mail_is_made_of)
{
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"color: red", "color:red;"},
        {"COLOR:#FF0000;", "color:#FF0000;"},
        {"font-family: 'Segoe UI', Arial; font-size: 11pt",
         "font-family:'Segoe UI', Arial;font-size:11pt;"},
        {"width: calc(100% - (2 * 10px))", "width:calc(100% - (2 * 10px));"},
        {"background: rgba(0,0,0,.5) !important", "background:rgba(0,0,0,.5) !important;"},
        {"margin:0 auto;;padding : 1px", "margin:0 auto;padding:1px;"},
        {"color/**/:/* x */blue", "color:blue;"},
    };
    for (const auto& [css, kept] : rows) {
        EXPECT_EQ(filter_declarations(css), kept) << css;
    }
}

TEST(StyleFilter, drops_declarations_that_could_load_run_or_cover_anything)
{
    const std::vector<std::string_view> hostile = {
        "background:url(https://evil.example/x)",
        "background:URL('//evil.example')",
        "background-image:url(x)",
        "background:u\\72l(https://evil.example)",
        "background:/**/url(//evil.example)",
        "background:image-set('https://evil.example' 1x)",
        "background:-webkit-image-set(url(x) 1x)",
        "background:image(red)",
        "background:element(#x)",
        "background:cross-fade(url(x),url(y))",
        "background:src('x')",
        "list-style:url(//evil.example)",
        "list-style-image:url(//evil.example)",
        "border-image:url(//evil.example)",
        "cursor:url(//evil.example),auto",
        "content:url(//evil.example)",
        "width:expression(alert(1))",
        "width:exp/**/ression(alert(1))",
        "width:\\65xpression(alert(1))",
        "behavior:url(x.htc)",
        "-moz-binding:url(//evil.example/x.xml#y)",
        "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='x')",
        "position:fixed",
        "z-index:9999",
        "transform:scale(100)",
        "animation:x 1s",
        "color:red}body{background:url(x)",
        "color:red</style><script>alert(1)</script>",
        "color:var(--x)",
        "--x:red",
        "color:attr(title)",
        "width:calc(1px",
        "width:1px)",
        "font-family:'unbalanced",
        "color",
        ":red",
        "color:",
        "@import 'x'",
    };
    for (const std::string_view css : hostile) {
        EXPECT_EQ(filter_declarations(css).find_first_of("\\<{}@"), std::string::npos) << css;
        EXPECT_EQ(filter_declarations(css), "") << css;
    }
}

TEST(StyleFilter, a_refused_declaration_does_not_take_its_neighbours_along)
{
    EXPECT_EQ(filter_declarations("color:red;background:url(x);width:1px"), "color:red;width:1px;");
    EXPECT_EQ(filter_declarations("background:url(\"a;color:red\");width:1px"), "width:1px;");
}

TEST(StyleFilter, of_a_sheet_keeps_rules_and_media_queries)
{
    EXPECT_EQ(filter_stylesheet("p.a > b, #x { color: red }"), "p.a > b, #x{color:red;}");
    EXPECT_EQ(
        filter_stylesheet("@media (max-width: 600px) { .w { width: 100% } }"),
        "@media (max-width: 600px){.w{width:100%;}}");
    EXPECT_EQ(filter_stylesheet("<!-- p { color: red } -->"), "p{color:red;}");
    EXPECT_EQ(filter_stylesheet("a:hover{color:red}"), "a:hover{color:red;}");
}

TEST(StyleFilter, of_a_sheet_drops_what_leaves_it)
{
    const std::vector<std::string_view> hostile = {
        "@import url(https://evil.example/x.css);",
        "@import 'https://evil.example/x.css';",
        "@import url(x);@import \"y\"",
        "@font-face{font-family:x;src:url(https://evil.example)}",
        "@namespace x url(y);",
        "@keyframes x{from{color:red}}",
        "@supports (x:y){p{color:red}}",
        "@page{margin:1px}",
        "@media screen{@import 'x';}",
        "@media screen{@media print{p{color:red}}}",
        "a[href^='x']{color:red}",
        "p\\{color:red}",
        "p{color:red",
        "p",
        "{color:red}",
        "}}}",
        "p{background:url(x)}",
        "</style><img src=x onerror=alert(1)>",
    };
    for (const std::string_view css : hostile) {
        const std::string kept = filter_stylesheet(css);
        for (const std::string_view never : {"url", "import", "@font", "<", "\\", "'", "evil"}) {
            EXPECT_EQ(kept.find(never), std::string::npos) << css << " gives " << kept;
        }
    }
}

TEST(StyleFilter, deep_and_long_sheets_cost_little)
{
    EXPECT_EQ(filter_stylesheet(std::string(1'000'000, '{')), "");
    EXPECT_EQ(filter_stylesheet(std::string(1'000'000, '/')), "");
    std::string comments;
    for (int i = 0; i < 100'000; ++i) {
        comments += "/*";
    }
    EXPECT_EQ(filter_stylesheet(comments), "");
}

} // namespace
