#include "mail/charset.hpp"

#include "mail/gmime.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iconv.h>
#include <optional>

namespace mail {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Names go to iconv, which looks for files by them: only what a charset name can hold.
bool plausible_name(std::string_view name)
{
    const auto allowed = [](char c) {
        return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
    };
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), allowed);
}

class converter {
public:
    explicit converter(const std::string& charset)
        : handle_(iconv_open("UTF-8", g_mime_charset_iconv_name(charset.c_str())))
    {}
    ~converter()
    {
        if (known())
            iconv_close(handle_);
    }
    converter(const converter&) = delete;
    converter& operator=(const converter&) = delete;

    bool known() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    std::string convert(std::string_view octets)
    {
        std::string result;
        result.reserve(octets.size() + octets.size() / 8);
        char* from = const_cast<char*>(octets.data());
        std::size_t left = octets.size();
        while (left > 0 && step(&from, &left, result) != 0) {
            // An octet that makes no sense here: show that something was there, go on behind it.
            result += replacement;
            ++from;
            --left;
        }
        step(nullptr, nullptr, result);
        return result;
    }

private:
    /// Converts until the end (0) or something that can't be converted (errno).
    int step(char** from, std::size_t* left, std::string& result)
    {
        std::array<char, 4096> room;
        while (true) {
            char* to = room.data();
            std::size_t free = room.size();
            const bool done =
                iconv(handle_, from, left, &to, &free) != static_cast<std::size_t>(-1);
            const int why = done ? 0 : errno;
            result.append(room.data(), room.size() - free);
            if (why != E2BIG)
                return why;
        }
    }

    iconv_t handle_;
};

std::optional<std::string> converted(std::string_view octets, std::string_view charset)
{
    if (!plausible_name(charset))
        return std::nullopt;
    start_gmime();
    converter conversion{std::string(charset)};
    if (!conversion.known())
        return std::nullopt;
    return conversion.convert(octets);
}

bool is_utf8(std::string_view text)
{
    return text.empty() || g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

/// Charsets whose label is worth nothing: ASCII labels on 8-bit text, and UTF-8 itself.
bool says_nothing(std::string_view charset)
{
    const std::string name(charset);
    return charset.empty() || g_ascii_strcasecmp(name.c_str(), "us-ascii") == 0 ||
           g_ascii_strcasecmp(name.c_str(), "ascii") == 0;
}

} // namespace

std::string valid_utf8(std::string_view text)
{
    if (is_utf8(text))
        return std::string(text);
    const text_ptr valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
    return std::string(valid.get());
}

std::string to_utf8(std::string_view octets, std::string_view charset)
{
    if (!says_nothing(charset)) {
        if (auto text = converted(octets, charset))
            return valid_utf8(*text);
    }
    if (is_utf8(octets))
        return std::string(octets);
    return valid_utf8(converted(octets, "windows-1252").value_or(std::string(octets)));
}

std::string single_line(std::string_view utf8)
{
    std::string line;
    line.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size(); ++at) {
        const auto octet = static_cast<unsigned char>(utf8[at]);
        // U+0080 to U+009F, the C1 controls, are C2 80 to C2 9F in UTF-8.
        const bool c1 = octet == 0xC2 && at + 1 < utf8.size() &&
                        static_cast<unsigned char>(utf8[at + 1]) < 0xA0;
        if (octet >= 0x20 && octet != 0x7F && !c1) {
            line += utf8[at];
            continue;
        }
        line += ' ';
        at += c1 ? 1 : 0;
    }
    const auto first = line.find_first_not_of(' ');
    if (first == std::string::npos)
        return {};
    return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

} // namespace mail
