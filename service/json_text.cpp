#include "service/json_text.hpp"

#include "service/utf8.hpp"

#include <array>
#include <cstdio>

namespace service {
namespace {

void append_escape(std::string& out, unsigned point)
{
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", point);
    out += text.data();
}

void append_octet(std::string& out, char octet)
{
    const auto value = static_cast<unsigned char>(octet);
    if (octet == '"' || octet == '\\') {
        out += '\\';
        out += octet;
    } else if (octet == '\n') {
        out += "\\n";
    } else if (octet == '\r') {
        out += "\\r";
    } else if (octet == '\t') {
        out += "\\t";
    } else if (value < 0x20 || value == 0x7F) {
        append_escape(out, value);
    } else {
        out += octet;
    }
}

/// U+0080 to U+009F command terminals, as C0 does.
bool is_c1_control(std::string_view sequence)
{
    return sequence.size() == 2 && sequence[0] == '\xC2' &&
           static_cast<unsigned char>(sequence[1]) < 0xA0;
}

} // namespace

std::string json_quoted(std::string_view text)
{
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_sequence(text, at);
        const std::string_view sequence = text.substr(at, length);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (length == 1) {
            append_octet(out, sequence[0]);
        } else if (is_c1_control(sequence)) {
            append_escape(out, static_cast<unsigned char>(sequence[1]));
        } else {
            out += sequence;
        }
        at += length == 0 ? 1 : length;
    }
    out += '"';
    return out;
}

} // namespace service
