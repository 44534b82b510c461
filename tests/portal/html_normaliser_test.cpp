#include "portal/html_normaliser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

using portal::normalised_html;

TEST(HtmlNormaliser, writes_tags_anew)
{
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"<P CLASS=x>a</P>", "<p class=\"x\">a</p>"},
        {"<p title='a\"b'>x", "<p title=\"a&quot;b\">x</p>"},
        {"<p title=\"a<b>c\">x</p>", "<p title=\"a&lt;b&gt;c\">x</p>"},
        {"a < b > c", "a &lt; b &gt; c"},
        {"<br/><hr>", "<br><hr>"},
        {"<li>a<li>b", "<li>a</li><li>b</li>"},
        {"<b>x</b>", "<f-b>x</f-b>"},
        {"<a href=https://x>y</a>", "<f-a href=\"https://x\">y</f-a>"},
        {"&amp;&lt;", "&amp;&lt;"},
        {"<div><p>x</div>y", "<div><p>x</p></div>y"},
        {"</div>x", "x"},
        {"<p/onclick=x/class=y>z", "<p onclick=\"x/class=y\">z</p>"},
        {"<td></div>x", "<td>x</td>"},
    };
    for (const auto& [html, canonical] : rows) {
        EXPECT_EQ(normalised_html(html), canonical) << html;
    }
}

TEST(HtmlNormaliser, drops_comments_declarations_and_raw_text_but_style)
{
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"<!doctype html><p>x</p>", "<p>x</p>"},
        {"a<!-- <script>x</script> -->b", "ab"},
        {"a<!-->b", "ab"},
        {"a<!--->b", "ab"},
        {"a<!-- unfinished", "a"},
        {"a<?xml x?>b", "ab"},
        {"a<![CDATA[x]]>b", "ab"},
        {"a<script>if (a < b) { '</p>' }</script>b", "ab"},
        {"a<SCRIPT>x</ScRiPt >b", "ab"},
        {"a<script>x</script/>b", "ab"},
        {"a<script>x</scriptx>y", "a"},
        {"a<textarea><p></textarea>b", "ab"},
        {"a<title></p></title>b", "ab"},
        {"a<plaintext>b</plaintext>c", "a"},
        {"<style>p<x>{}</style>", "<style>px>{}</style>"},
        {"a</ x>b", "ab"},
        {"a<p title=\"unfinished", "a"},
        {"a<", "a&lt;"},
        {"a</", "a"},
        {"a<b", "a"},
    };
    for (const auto& [html, canonical] : rows) {
        EXPECT_EQ(normalised_html(html), canonical) << html;
    }
}

TEST(HtmlNormaliser, bounds_what_makes_a_tree_builder_slow)
{
    std::string deep;
    for (int i = 0; i < 50'000; ++i) {
        deep += "<div>";
    }
    const std::string shallow = normalised_html(deep).value();
    EXPECT_EQ(shallow.size(), 256 * (5 + 6U));

    std::string attributes = "<p";
    for (int i = 0; i < 200'000; ++i) {
        attributes += " a" + std::to_string(i);
    }
    attributes += ">x";
    const std::string few = normalised_html(attributes).value();
    EXPECT_EQ(std::count(few.begin(), few.end(), '='), 64);
}

TEST(HtmlNormaliser, refuses_what_is_too_large)
{
    EXPECT_FALSE(normalised_html(std::string(4 * 1024 * 1024 + 1, 'x')));
    std::string tags;
    for (int i = 0; i < 100'001; ++i) {
        tags += "<p>";
    }
    EXPECT_FALSE(normalised_html(tags));
}

TEST(HtmlNormaliser, takes_linear_time_for_every_repetition)
{
    for (const std::string_view unit : std::initializer_list<std::string_view>{
             "<",
             "<a",
             "<!--",
             "<!--->",
             "</",
             "<a b='",
             "<style>",
             "</p>",
             "<p ",
             "<p=",
             "<p/",
             "&",
             "<p a=",
             "<script>",
             "</script>",
             "<table><td>",
             "<!",
             "<?",
             std::string_view{"\0<", 2},
             "<x y=\"z\""}) {
        std::string html;
        while (html.size() < 300'000) {
            html += unit;
        }
        const auto began = std::chrono::steady_clock::now();
        normalised_html(html);
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5}) << unit;
    }
}

} // namespace
