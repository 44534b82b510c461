#include "service/utf8.hpp"

#include <cstdint>

namespace service {
namespace {

struct lead {
    std::size_t length;
    std::uint32_t bits;
    std::uint32_t least; ///< smaller code points have a shorter form
};

lead lead_of(unsigned char octet)
{
    if (octet < 0x80) {
        return {1, octet, 0};
    }
    if (octet >= 0xC2 && octet < 0xE0) {
        return {2, octet & 0x1FU, 0x80};
    }
    if (octet >= 0xE0 && octet < 0xF0) {
        return {3, octet & 0x0FU, 0x800};
    }
    if (octet >= 0xF0 && octet < 0xF5) {
        return {4, octet & 0x07U, 0x10000};
    }
    return {0, 0, 0};
}

} // namespace

std::size_t utf8_sequence(std::string_view text, std::size_t at)
{
    const lead first = lead_of(static_cast<unsigned char>(text[at]));
    if (first.length == 0 || first.length > text.size() - at) {
        return 0;
    }
    std::uint32_t point = first.bits;
    for (std::size_t i = 1; i < first.length; ++i) {
        const auto octet = static_cast<unsigned char>(text[at + i]);
        if ((octet & 0xC0U) != 0x80U) {
            return 0;
        }
        point = (point << 6U) | (octet & 0x3FU);
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return point < first.least || point > 0x10FFFF || surrogate ? 0 : first.length;
}

bool is_utf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_sequence(text, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

} // namespace service
