#include "portal/html_normaliser.hpp"

#include "portal/html_names.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace portal {

namespace {

constexpr std::size_t longest_html = 4 * 1024 * 1024;
constexpr std::size_t most_tags = 100'000;
constexpr std::size_t deepest = 256;
constexpr std::size_t most_attributes = 64;
constexpr std::size_t longest_name = 40;

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text)
{
    std::string result{text};
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return result;
}

bool is_plain_name(std::string_view name)
{
    return !name.empty() && name.size() <= longest_name &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

/// Reads tags as section 13.2.5 does, and writes them anew. Character references stay for the tree
/// builder.
class normaliser {
public:
    explicit normaliser(std::string_view html) : rest_(html) {}

    std::optional<std::string> run();

private:
    void markup();
    void comment();
    void start_tag();
    void end_tag();
    void take_attribute(std::string& attributes, std::size_t& count);
    std::string_view take_value();
    void raw_text(std::string_view name);
    void open(const std::string& name, const std::string& attributes);
    void close(const std::string& name);
    void close_last();
    void text(std::string_view octets);
    void skip_space();
    /// Octets up to one of `stops`, which stays.
    std::string_view take_until(std::string_view stops);
    void skip_past(std::string_view end);

    std::string_view rest_;
    std::string out_;
    std::vector<std::string> open_; ///< names as written out
    std::size_t tags_ = 0;
};

std::optional<std::string> normaliser::run()
{
    if (rest_.size() > longest_html) {
        return std::nullopt;
    }
    while (!rest_.empty()) {
        text(take_until("<"));
        if (!rest_.empty()) {
            markup();
        }
        if (tags_ > most_tags) {
            return std::nullopt;
        }
    }
    while (!open_.empty()) {
        close_last();
    }
    return std::move(out_);
}

void normaliser::markup()
{
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    const bool named_end = next == '/' && rest_.size() > 2 && is_letter(rest_[2]);
    if (is_letter(next)) {
        start_tag();
    } else if (named_end) {
        end_tag();
    } else if (rest_.starts_with("<!--")) {
        comment();
    } else if (next == '!' || next == '?' || next == '/') {
        skip_past(">");
    } else {
        out_ += "&lt;";
        rest_.remove_prefix(1);
    }
}

void normaliser::comment()
{
    rest_.remove_prefix(4);
    if (rest_.starts_with(">") || rest_.starts_with("->")) {
        skip_past(">");
        return;
    }
    skip_past("-->");
}

void normaliser::start_tag()
{
    ++tags_;
    rest_.remove_prefix(1);
    const std::string name = lower(take_until(" \t\n\r\f/>"));
    std::string attributes;
    std::size_t count = 0;
    while (!rest_.empty() && rest_.front() != '>') {
        take_attribute(attributes, count);
    }
    if (rest_.empty()) {
        return; // the end of the mail within a tag: no tag
    }
    rest_.remove_prefix(1);
    if (name == "plaintext") {
        rest_ = {};
    } else if (is_raw_text(name)) {
        raw_text(name);
    } else if (is_plain_name(name) && !name.starts_with(formatting_prefix)) {
        open(name, attributes);
    }
}

void normaliser::take_attribute(std::string& attributes, std::size_t& count)
{
    if (is_space(rest_.front()) || rest_.front() == '/') {
        rest_.remove_prefix(1);
        return;
    }
    // An equals sign in front belongs to the name.
    const std::size_t first = rest_.front() == '=' ? 1 : 0;
    const std::size_t end = rest_.find_first_of(" \t\n\r\f/>=", first);
    const std::string name = lower(rest_.substr(0, end));
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end);
    skip_space();
    const std::string_view value = take_value();
    if (count >= most_attributes || !is_plain_name(name)) {
        return;
    }
    ++count;
    attributes += ' ' + name + "=\"";
    for (const char c : value) {
        switch (c) {
        case '"':
            attributes += "&quot;";
            break;
        case '<':
            attributes += "&lt;";
            break;
        case '>':
            attributes += "&gt;";
            break;
        case '\0':
            break;
        default:
            attributes += c;
        }
    }
    attributes += '"';
}

std::string_view normaliser::take_value()
{
    if (!rest_.starts_with('=')) {
        return {};
    }
    rest_.remove_prefix(1);
    skip_space();
    if (rest_.empty()) {
        return {};
    }
    const char quote = rest_.front();
    if (quote != '"' && quote != '\'') {
        return take_until(" \t\n\r\f>");
    }
    rest_.remove_prefix(1);
    const std::string_view value = take_until({&quote, 1});
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return value;
}

void normaliser::end_tag()
{
    ++tags_;
    rest_.remove_prefix(2);
    const std::string name = lower(take_until(" \t\n\r\f/>"));
    std::string ignored;
    std::size_t count = most_attributes;
    while (!rest_.empty() && rest_.front() != '>') {
        take_attribute(ignored, count);
    }
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    close(name);
}

void normaliser::raw_text(std::string_view name)
{
    const std::size_t length = name.size() + 2;
    std::string_view content = rest_;
    std::size_t end = 0;
    while ((end = rest_.find("</", end)) != std::string_view::npos) {
        const std::string_view after = rest_.substr(end);
        const bool complete = after.size() > length && lower(after.substr(2, name.size())) == name;
        if (complete && (is_space(after[length]) || after[length] == '/' || after[length] == '>')) {
            break;
        }
        end += 2;
    }
    content = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end);
    skip_past(">");
    if (name != "style") {
        return;
    }
    out_ += "<style>";
    std::copy_if(content.begin(), content.end(), std::back_inserter(out_), [](char c) {
        return c != '<' && c != '\0';
    });
    out_ += "</style>";
}

void normaliser::open(const std::string& name, const std::string& attributes)
{
    std::string written = name;
    if (is_formatting(name)) {
        written.insert(0, formatting_prefix);
    }
    if (ends_its_like(name) && !open_.empty() && open_.back() == name) {
        close_last();
    }
    if (open_.size() >= deepest) {
        return;
    }
    out_ += '<' + written + attributes + '>';
    if (!is_void(name)) {
        open_.push_back(std::move(written));
    }
}

void normaliser::close(const std::string& name)
{
    std::string written = name;
    if (is_formatting(name)) {
        written.insert(0, formatting_prefix);
    }
    if (name == "br" || name == "p") {
        // Browsers make an element of a lone end tag of these; a line break is what was meant.
        const bool pending = std::find(open_.begin(), open_.end(), written) != open_.end();
        out_ += pending ? "" : "<br>";
    }
    for (std::size_t i = open_.size(); i > 0; --i) {
        if (open_[i - 1] == written) {
            while (open_.size() >= i) {
                close_last();
            }
            return;
        }
        if (is_table_boundary(open_[i - 1]) && !is_table_part(name)) {
            return;
        }
    }
}

void normaliser::close_last()
{
    out_ += "</" + open_.back() + '>';
    open_.pop_back();
}

void normaliser::text(std::string_view octets)
{
    for (const char c : octets) {
        if (c == '>') {
            out_ += "&gt;";
        } else if (c != '\0') {
            out_ += c;
        }
    }
}

void normaliser::skip_space()
{
    while (!rest_.empty() && is_space(rest_.front())) {
        rest_.remove_prefix(1);
    }
}

std::string_view normaliser::take_until(std::string_view stops)
{
    const std::string_view taken = rest_.substr(0, rest_.find_first_of(stops));
    rest_.remove_prefix(taken.size());
    return taken;
}

void normaliser::skip_past(std::string_view end)
{
    const std::size_t at = rest_.find(end);
    rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at + end.size());
}

} // namespace

std::optional<std::string> normalised_html(std::string_view html)
{
    return normaliser{html}.run();
}

} // namespace portal
