#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Reads the portal's pages as a browser without scripts would; pure, and only as much of HTML as
/// those pages use.
namespace cli {

struct page_form {
    std::string action;
    std::map<std::string, std::string> fields; ///< name → value as the page has it
};

std::vector<page_form> forms_of(std::string_view html);

/// Targets of the links that hold `part`, in order.
std::vector<std::string> links_with(std::string_view html, std::string_view part);

/// The text of the first element whose class list holds `name`; empty when there is none.
std::string text_of_class(std::string_view html, std::string_view name);

/// The text of the first element of that kind: "h1".
std::string text_of_element(std::string_view html, std::string_view element);

/// Character references resolved: &amp; &lt; &gt; &quot; &#39; &nbsp; and numbers.
std::string resolved(std::string_view html);

} // namespace cli
