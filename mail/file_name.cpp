#include "mail/file_name.hpp"

#include "mail/charset.hpp"

#include <glib.h>

#include <array>
#include <utility>

namespace mail {
namespace {

constexpr std::size_t longest_name = 200;

/// Marks, embeddings, overrides and isolates: "evil\u202Efdp.exe" would read as "evilexe.pdf".
bool turns_direction(gunichar c)
{
    return c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

std::string without_direction(const std::string& utf8)
{
    std::string result;
    for (const char* at = utf8.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
        if (!turns_direction(g_utf8_get_char(at)))
            result.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
    }
    return result;
}

/// Not within a character; the extension stays if it is a short one.
std::string shortened(const std::string& name)
{
    if (name.size() <= longest_name)
        return name;
    const auto dot = name.rfind('.');
    const std::string extension =
        dot != std::string::npos && name.size() - dot <= 10 ? name.substr(dot) : std::string();
    std::size_t length = longest_name - extension.size();
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80)
        --length;
    return name.substr(0, length) + extension;
}

} // namespace

std::string safe_file_name(std::string_view wanted, std::string_view otherwise)
{
    std::string name = single_line(valid_utf8(wanted));
    if (const auto slash = name.find_last_of("/\\"); slash != std::string::npos)
        name.erase(0, slash + 1);
    name = shortened(single_line(without_direction(name)));
    return name.find_first_not_of(". ") == std::string::npos ? std::string(otherwise) : name;
}

std::string default_file_name(std::string_view media_type, std::size_t number)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> extensions{{
        {"text/plain", ".txt"},
        {"text/html", ".html"},
        {"text/calendar", ".ics"},
        {"text/csv", ".csv"},
        {"message/rfc822", ".eml"},
        {"image/png", ".png"},
        {"image/jpeg", ".jpg"},
        {"image/gif", ".gif"},
        {"image/svg+xml", ".svg"},
        {"application/pdf", ".pdf"},
        {"application/zip", ".zip"},
        {"application/pkcs7-signature", ".p7s"},
    }};
    std::string_view extension = ".bin";
    for (const auto& [type, its] : extensions) {
        if (type == media_type)
            extension = its;
    }
    return "attachment-" + std::to_string(number) + std::string(extension);
}

} // namespace mail
