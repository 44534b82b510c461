#include "cli/portal_page.hpp"

#include <gtest/gtest.h>

namespace {

constexpr std::string_view page = R"(<!doctype html><main class="sheet wide">
<h1>Enter your <em>passcode</em></h1>
<form method="post" action="/m/TOKEN/sign-in?a=1&amp;b=2">
<input type=hidden name=challenge value="a&quot;b">
<input class="code" name="code" required autofocus>
</form>
<form method="post" action='/m/TOKEN/passcode'><button>Again</button></form>
<input name="outside">
<div class="body-text">One &lt; two<br>and <a href="/x">three</a><div>inner</div> end</div><div class="body-text">second</div>
<a href="/m/TOKEN/attachments/0" download>file</a> <a href="/other">x</a>
</main>)";

TEST(portal_page, forms_come_with_their_fields)
{
    const auto forms = cli::forms_of(page);
    ASSERT_EQ(forms.size(), 2u);
    EXPECT_EQ(forms[0].action, "/m/TOKEN/sign-in?a=1&b=2");
    EXPECT_EQ(
        forms[0].fields, (std::map<std::string, std::string>{{"challenge", "a\"b"}, {"code", ""}}));
    EXPECT_EQ(forms[1].action, "/m/TOKEN/passcode");
    EXPECT_TRUE(forms[1].fields.empty());
}

TEST(portal_page, text_is_what_a_reader_sees)
{
    EXPECT_EQ(cli::text_of_element(page, "h1"), "Enter your passcode");
    EXPECT_EQ(cli::text_of_class(page, "body-text"), "One < two\nand threeinner\n end");
    EXPECT_EQ(cli::text_of_class(page, "body"), "");
    EXPECT_EQ(cli::text_of_element(page, "h2"), "");
}

TEST(portal_page, links_are_found_by_what_they_hold)
{
    EXPECT_EQ(
        cli::links_with(page, "/attachments/"), std::vector<std::string>{"/m/TOKEN/attachments/0"});
    EXPECT_EQ(cli::links_with(page, "/nothing").size(), 0u);
}

TEST(portal_page, character_references_are_resolved)
{
    EXPECT_EQ(
        cli::resolved("a &amp; b &#39;c&#x27; &nbsp;&uuml; &; & &#1114112;"),
        "a & b 'c'  &uuml; &; & &#1114112;");
    EXPECT_EQ(cli::resolved("&#252;&#x2014;&#x1F512;"), "ü—🔒");
}

TEST(portal_page, broken_pages_end)
{
    for (const char* broken :
         {"<",
          "<form",
          "<form action",
          "<form action=",
          "<form action=\"x",
          "<a href='/attachments/",
          "</",
          "<p class=x",
          "&#x",
          "<div class=\"body-text\">open"}) {
        cli::forms_of(broken);
        cli::links_with(broken, "/");
        cli::text_of_class(broken, "body-text");
    }
    EXPECT_EQ(cli::text_of_class("<div class=\"body-text\">open", "body-text"), "");
}

} // namespace
