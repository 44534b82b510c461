#include "simulator/mailboxes/mail_links.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace simulator {

namespace {

constexpr std::size_t most_links = 1000;

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool begins_with(std::string_view text, std::string_view word)
{
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](char one, char other) {
               return one == lower(other);
           });
}

bool is_web_address(std::string_view text)
{
    return begins_with(text, "https://") || begins_with(text, "http://");
}

/// What in running text ends an address.
std::size_t end_of_address(std::string_view text)
{
    const std::size_t end = text.find_first_of(" \t\r\n<>\"'`{}|\\^");
    std::string_view address = text.substr(0, end);
    while (!address.empty() && std::string_view{".,;:!?)]"}.find(address.back()) != address.npos)
        address.remove_suffix(1);
    return address.size();
}

constexpr std::array<std::pair<std::string_view, char>, 6> entities{{
    {"&amp;", '&'},
    {"&#38;", '&'},
    {"&quot;", '"'},
    {"&#39;", '\''},
    {"&lt;", '<'},
    {"&gt;", '>'},
}};

std::string without_entities(std::string_view value)
{
    std::string plain;
    while (!value.empty()) {
        const auto* found = std::ranges::find_if(
            entities, [&](const auto& each) { return begins_with(value, each.first); });
        plain += found == entities.end() ? value.front() : found->second;
        value.remove_prefix(found == entities.end() ? 1 : found->first.size());
    }
    return plain;
}

/// The value of an attribute that begins after its name: = and a quoted or bare text.
std::string_view attribute_value(std::string_view text)
{
    const auto skip_spaces = [&] {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    };
    skip_spaces();
    if (text.empty() || text.front() != '=')
        return {};
    text.remove_prefix(1);
    skip_spaces();
    if (text.empty())
        return {};
    const char quote = text.front();
    if (quote != '"' && quote != '\'')
        return text.substr(0, text.find_first_of(" \t\r\n>"));
    text.remove_prefix(1);
    return text.substr(0, text.find(quote));
}

class collected_links {
public:
    void add(std::string address)
    {
        if (links_.size() < most_links && seen_.insert(address).second)
            links_.push_back(std::move(address));
    }
    std::vector<std::string> take() { return std::move(links_); }

private:
    std::vector<std::string> links_;
    std::set<std::string> seen_;
};

void collect_from_text(std::string_view text, collected_links& links)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (lower(text[at]) != 'h' || !is_web_address(text.substr(at)))
            continue;
        const std::size_t size = end_of_address(text.substr(at));
        links.add(std::string{text.substr(at, size)});
        at += size;
    }
}

void collect_from_html(std::string_view html, collected_links& links)
{
    for (std::size_t at = 0; at < html.size(); ++at) {
        if (lower(html[at]) != 'h' || !begins_with(html.substr(at), "href"))
            continue;
        const std::string_view value = attribute_value(html.substr(at + 4));
        if (is_web_address(value))
            links.add(without_entities(value));
        // What was read is not read again: the mail may consist of beginnings alone.
        if (!value.empty())
            at = static_cast<std::size_t>(value.data() + value.size() - html.data()) - 1;
    }
}

} // namespace

std::vector<std::string> find_links(std::string_view text, std::string_view html)
{
    collected_links links;
    collect_from_text(text, links);
    collect_from_html(html, links);
    return links.take();
}

} // namespace simulator
