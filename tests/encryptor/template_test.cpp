#include "encryptor/template.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace encryptor {
namespace {

/// A template of one value, rendered as HTML. Each source needs a name of its own.
std::string html(const std::string& source, const std::string& value)
{
    template_values values;
    values.texts["VALUE"] = value;
    return render_html(source, source, values);
}

TEST(render_html, puts_texts_where_they_are_named)
{
    EXPECT_EQ(html("<p>{{VALUE}}!</p>\n", "Grüße"), "<p>Grüße!</p>\n");
}

TEST(render_html, escapes_text)
{
    const std::string page = html("<p>{{VALUE}}</p>", "<script>alert(1)</script>&\"'");
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
    EXPECT_NE(page.find("&amp;&quot;"), std::string::npos);
}

TEST(render_html, escapes_attributes)
{
    for (const char* source : {"<p title=\"{{VALUE}}\">x</p>", "<p title='{{VALUE}}'>x</p>"}) {
        const std::string page = html(source, "\"' onmouseover=\"x\"");
        EXPECT_EQ(page.find("\" onmouseover"), std::string::npos) << page;
        EXPECT_EQ(page.find("' onmouseover"), std::string::npos) << page;
    }
}

TEST(render_html, lets_no_script_into_a_url)
{
    const std::string source = "<a href=\"{{VALUE}}\">x</a>";
    EXPECT_EQ(
        html(source, "https://portal.example/m/AAECAwQFBgcICQoLDA0ODw"),
        "<a href=\"https://portal.example/m/AAECAwQFBgcICQoLDA0ODw\">x</a>");
    for (const char* bad :
         {"javascript:alert(1)",
          "JaVaScRiPt:alert(1)",
          " javascript:alert(1)",
          "data:text/html,x",
          "java\tscript:alert(1)",
          "vbscript:x"}) {
        EXPECT_EQ(html(source, bad).find("script:"), std::string::npos) << bad;
        EXPECT_EQ(html(source, bad).find("data:"), std::string::npos) << bad;
    }
    EXPECT_EQ(html(source, "x\"><script>").find("<script"), std::string::npos);
}

TEST(render_html, lets_no_declaration_into_a_style)
{
    for (const char* source :
         {"<p style=\"color: {{VALUE}}\">x</p>", "<style>p{color: {{VALUE}}; }</style>"}) {
        EXPECT_NE(html(source, "#ff0000").find("#ff0000"), std::string::npos);
        const std::string page = html(source, "red;background:url(javascript:x)}</style><script>");
        EXPECT_EQ(page.find("url("), std::string::npos) << page;
        EXPECT_EQ(page.find("<script"), std::string::npos) << page;
    }
}

TEST(render_html, takes_markers_in_values_as_text)
{
    EXPECT_EQ(html("<b>{{VALUE}}</b>", "{{VALUE}} {{#X}}"), "<b>{{VALUE}} {{#X}}</b>");
}

TEST(render_html, repeats_sections_and_leaves_out_absent_ones)
{
    const std::string source = "{{#ROW}}<li>{{NAME}} of {{ALL}}</li>{{/ROW}}{{#NONE}}no{{/NONE}}";
    template_values values;
    values.texts["ALL"] = "two";
    for (const char* name : {"<one>", "two"}) {
        template_values row;
        row.texts["NAME"] = name;
        values.sections["ROW"].push_back(row);
    }
    EXPECT_EQ(
        render_html("rows", source, values), "<li>&lt;one&gt; of two</li><li>two of two</li>");
}

TEST(render_html, renders_nested_sections)
{
    const std::string source = "{{#OUTER}}[{{#INNER}}{{X}}{{/INNER}}]{{/OUTER}}";
    template_values inner;
    inner.texts["X"] = "1";
    template_values outer;
    outer.sections["INNER"] = {inner, inner};
    template_values values;
    values.sections["OUTER"] = {outer, template_values{}};
    EXPECT_EQ(render_html("nested", source, values), "[11][]");
}

TEST(render_html, renders_a_name_again_with_other_values)
{
    EXPECT_EQ(html("<i>{{VALUE}}</i>", "one"), "<i>one</i>");
    EXPECT_EQ(html("<i>{{VALUE}}</i>", "two"), "<i>two</i>");
}

TEST(render_html, says_when_a_template_is_wrong)
{
    EXPECT_THROW(html("{{#OPEN}} never closed", "x"), std::logic_error);
}

TEST(render_html, can_be_called_by_many_threads)
{
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int n = 0; n < 4; ++n) {
        threads.emplace_back([n] {
            for (int round = 0; round < 200; ++round) {
                const std::string value = std::to_string(n * 1000 + round);
                ASSERT_EQ(
                    html("<u>{{VALUE}}</u>" + std::to_string(round % 10), value),
                    "<u>" + value + "</u>" + std::to_string(round % 10));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(render_text, escapes_nothing_but_drops_control_characters)
{
    template_values values;
    values.texts["VALUE"] = "a<b> & \"c\"\r\nX-Evil: 1\x1b[31m\x7f";
    EXPECT_EQ(render_text("text", "{{VALUE}}\n", values), "a<b> & \"c\"X-Evil: 1[31m\n");
}

TEST(render_text, and_html_of_one_name_do_not_mix)
{
    template_values values;
    values.texts["VALUE"] = "<";
    EXPECT_EQ(render_html("both", "{{VALUE}}", values), "&lt;");
    EXPECT_EQ(render_text("both", "{{VALUE}}", values), "<");
}

} // namespace
} // namespace encryptor
