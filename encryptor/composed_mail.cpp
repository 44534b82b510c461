#include "encryptor/composed_mail.hpp"

#include "mail/charset.hpp"
#include "mail/gmime.hpp"

#include <gmime/gmime.h>

#include <algorithm>

namespace encryptor {
namespace {

constexpr std::size_t longest_plain_value = 900; ///< RFC 5322 section 2.1.1: a line has at most 998
constexpr std::size_t longest_line = 76;
constexpr std::size_t longest_word = 60;
constexpr std::size_t encoded_word_octets = 45; ///< 60 of base64; RFC 2047: a word has at most 75

using format_options = std::unique_ptr<GMimeFormatOptions, decltype(&g_mime_format_options_free)>;

format_options crlf_format()
{
    format_options made{g_mime_format_options_new(), g_mime_format_options_free};
    g_mime_format_options_set_newline_format(made.get(), GMIME_NEWLINE_FORMAT_DOS);
    return made;
}

/// Three octets that begin at E2 80 or E2 81: embeddings, overrides, isolates, marks (U+200E,
/// U+200F, U+202A to U+202E, U+2066 to U+2069). With them an address can be made to look like
/// another one.
bool changes_direction(std::string_view text)
{
    if (text.size() < 3 || text[0] != '\xe2') {
        return false;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const auto third = static_cast<unsigned char>(text[2]);
    return (second == 0x80 &&
            (third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae))) ||
           (second == 0x81 && third >= 0xa6 && third <= 0xa9);
}

/// C1 controls are C2 80 to C2 9F in UTF-8; U+2028 and U+2029 end lines.
bool ends_or_controls(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20 || first == 0x7f) {
        return true;
    }
    if (first == 0xc2 && text.size() > 1) {
        return static_cast<unsigned char>(text[1]) < 0xa0;
    }
    return text.starts_with("\xe2\x80\xa8") || text.starts_with("\xe2\x80\xa9");
}

std::size_t character_size(char first)
{
    const auto octet = static_cast<unsigned char>(first);
    return octet < 0x80 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

/// Safe as written: cannot be read as an encoded word, and can be folded at its spaces.
bool needs_no_encoding(std::string_view text)
{
    std::size_t word = 0;
    for (const char c : text) {
        word = c == ' ' ? 0 : word + 1;
        if (word > longest_word) {
            return false;
        }
    }
    return is_ascii(text) && text.find("=?") == std::string_view::npos;
}

/// RFC 2047, each word on a line of its own. GMime's encoder would let a value through that looks
/// encoded.
std::string encoded_words(std::string_view text)
{
    std::string words;
    while (!text.empty()) {
        std::size_t size = 0;
        while (size < text.size() && size + character_size(text[size]) <= encoded_word_octets) {
            size += character_size(text[size]);
        }
        size = std::min(size, text.size());
        const mail::text_ptr base64{
            g_base64_encode(reinterpret_cast<const guchar*>(text.data()), size)};
        words +=
            (words.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + std::string(base64.get()) + "?=";
        text.remove_prefix(size);
    }
    return words;
}

/// Breaks lines before spaces, where they would get longer than 76 octets.
std::string folded(std::string_view text, std::size_t column)
{
    std::string lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' ', 1), text.size());
        if (column + end > longest_line && text.front() == ' ') {
            lines += "\r\n";
            column = 0;
        }
        lines.append(text.substr(0, end));
        column += end;
        text.remove_prefix(end);
    }
    return lines;
}

/// A display name as an RFC 5322 phrase.
std::string phrase(const std::string& name)
{
    if (!needs_no_encoding(name) || name.size() > longest_word) {
        return encoded_words(name);
    }
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') {
            quoted.push_back('\\');
        }
        quoted.push_back(c);
    }
    return quoted + "\"";
}

mail::object_ptr<GMimeObject> text_part(const char* subtype, const std::string& utf8)
{
    // Not g_mime_text_part_set_text: it would write ISO 8859-1 where the text allows it.
    mail::object_ptr<GMimeStream> stream{
        g_mime_stream_mem_new_with_buffer(utf8.data(), utf8.size())};
    mail::object_ptr<GMimeDataWrapper> content{
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT)};
    GMimePart* part = g_mime_part_new_with_type("text", subtype);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_mime_part_set_content(part, content.get());
    return mail::object_ptr<GMimeObject>{GMIME_OBJECT(part)};
}

} // namespace

std::string display_text(std::string_view value, std::size_t limit)
{
    const std::string valid = mail::valid_utf8(value);
    std::string clean;
    for (std::size_t at = 0; at < valid.size();) {
        const std::string_view rest = std::string_view{valid}.substr(at);
        const std::size_t size = std::min(character_size(rest.front()), rest.size());
        at += size;
        if (changes_direction(rest)) {
            continue;
        }
        if (clean.size() + size > limit) {
            clean += "…";
            break;
        }
        if (ends_or_controls(rest)) {
            clean.push_back(' ');
        } else {
            clean.append(rest.substr(0, size));
        }
    }
    const std::size_t first = clean.find_first_not_of(' ');
    const std::size_t last = clean.find_last_not_of(' ');
    return first == std::string::npos ? std::string() : clean.substr(first, last - first + 1);
}

void composed_mail::text_field(std::string_view name, std::string_view value)
{
    const std::string text = display_text(value);
    header_ += std::string(name) + ": " +
               (needs_no_encoding(text) ? folded(text, name.size() + 2) : encoded_words(text)) +
               "\r\n";
}

void composed_mail::address_field(
    std::string_view field, std::string_view name, std::string_view address)
{
    const std::string shown = display_text(name, 200);
    header_ += std::string(field) + ": ";
    if (shown.empty()) {
        header_ += std::string(address) + "\r\n";
    } else {
        header_ += phrase(shown) + "\r\n <" + std::string(address) + ">\r\n";
    }
}

void composed_mail::plain_field(std::string_view name, std::string_view value)
{
    const bool printable = std::all_of(
        value.begin(), value.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
    if (printable && !value.empty() && value.size() <= longest_plain_value) {
        header_ += std::string(name) + ": " + std::string(value) + "\r\n";
    }
}

std::string composed_mail::finish(const std::string& text, const std::string& html) const
{
    mail::start_gmime();
    const mail::object_ptr<GMimeMultipart> both{g_mime_multipart_new_with_subtype("alternative")};
    g_mime_multipart_add(both.get(), text_part("plain", text).get());
    g_mime_multipart_add(both.get(), text_part("html", html).get());
    const format_options options = crlf_format();
    const mail::text_ptr body{g_mime_object_to_string(GMIME_OBJECT(both.get()), options.get())};
    return header_ + "MIME-Version: 1.0\r\n" + body.get();
}

} // namespace encryptor
