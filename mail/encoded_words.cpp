#include "mail/encoded_words.hpp"

#include "mail/gmime.hpp"

#include <gmime/gmime.h>

#include <cstddef>

namespace mail {
namespace {

constexpr std::string_view white_space = " \t\r\n";

/// Length of the encoded word `=?charset?encoding?text?=` at that place; 0: there is none.
std::size_t encoded_word_at(std::string_view text, std::size_t at)
{
    if (text.substr(at, 2) != "=?")
        return 0;
    const std::size_t charset_end = text.find('?', at + 2);
    if (charset_end == text.npos || charset_end == at + 2)
        return 0;
    const std::size_t encoding_end = charset_end + 2;
    if (encoding_end >= text.size() || text[encoding_end] != '?')
        return 0;
    const std::size_t end = text.find('?', encoding_end + 1);
    if (end == text.npos || text.substr(end, 2) != "?=")
        return 0;
    const std::string_view word = text.substr(at, end + 2 - at);
    return word.find_first_of(white_space) == word.npos ? word.size() : 0;
}

std::string decode_run(std::string_view text)
{
    const text_ptr decoded(g_mime_utils_header_decode_text(nullptr, std::string(text).c_str()));
    return decoded.get();
}

} // namespace

/// GMime 3.2.13 decodes neighbouring words of one charset as one, and stops at the padding of the
/// first; so the text is cut between a padded word and its neighbour. White space there belongs to
/// neither (RFC 2047 section 6.2).
std::string decode_encoded_words(std::string_view text)
{
    start_gmime();
    std::string decoded;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = encoded_word_at(text, at);
        if (length == 0) {
            ++at;
            continue;
        }
        at += length;
        const bool padded = text.substr(at - 3, 3) == "=?=";
        const std::size_t next = text.find_first_not_of(white_space, at);
        if (padded && next != text.npos && next > at && encoded_word_at(text, next) > 0) {
            decoded += decode_run(text.substr(begin, at - begin));
            begin = at = next;
        }
    }
    return decoded + decode_run(text.substr(begin));
}

} // namespace mail
