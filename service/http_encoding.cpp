#include "service/http_encoding.hpp"

#include "service/utf8.hpp"

#include <algorithm>

namespace service {
namespace {

constexpr std::size_t most_fields = 1000;

int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// Splits off what stands before `separator`; the rest stays in `text`.
std::string_view next_part(std::string_view& text, std::string_view separators)
{
    const std::size_t end = text.find_first_of(separators);
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return part;
}

bool leaves_its_folder(std::string_view segment)
{
    while (!segment.empty()) {
        const std::string_view part = next_part(segment, "/\\");
        if (part == "." || part == "..") {
            return true;
        }
    }
    return false;
}

std::optional<std::string> decoded_segment(std::string_view text)
{
    std::optional<std::string> segment = percent_decoded(text, false);
    if (segment && (std::any_of(segment->begin(), segment->end(), is_control) ||
                    leaves_its_folder(*segment))) {
        segment.reset();
    }
    return segment;
}

/// "/path?query" out of "http://host/path?query".
std::string_view origin_form(std::string_view target)
{
    const std::size_t authority = target.find("://");
    if (target.starts_with('/') || authority == std::string_view::npos) {
        return target;
    }
    const std::size_t path = target.find('/', authority + 3);
    return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char octet = text[i];
        if (octet == '%') {
            const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            octet = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (octet == '+' && plus_is_space) {
            octet = ' ';
        }
        if (octet == '\0') {
            return std::nullopt;
        }
        decoded += octet;
    }
    return is_utf8(decoded) ? std::optional{decoded} : std::nullopt;
}

std::optional<std::map<std::string, std::string>> decoded_fields(std::string_view text)
{
    std::map<std::string, std::string> fields;
    while (!text.empty()) {
        std::string_view value = next_part(text, "&");
        const std::string_view name = next_part(value, "=");
        const std::optional<std::string> decoded_name = percent_decoded(name, true);
        std::optional<std::string> decoded_value = percent_decoded(value, true);
        if (!decoded_name || !decoded_value || fields.size() == most_fields) {
            return std::nullopt;
        }
        fields[*decoded_name] = std::move(*decoded_value);
    }
    return fields;
}

std::string request_target::path() const
{
    std::string joined;
    for (const std::string& segment : segments) {
        joined += "/" + segment;
    }
    return joined;
}

std::optional<request_target> parse_target(std::string_view target)
{
    std::string_view query = origin_form(target);
    std::string_view path = next_part(query, "?");
    if (!path.starts_with('/')) {
        return std::nullopt;
    }
    request_target parsed;
    for (bool more = true; more;) {
        path.remove_prefix(1);
        const std::size_t end = path.find('/');
        std::optional<std::string> segment = decoded_segment(path.substr(0, end));
        if (!segment) {
            return std::nullopt;
        }
        parsed.segments.push_back(std::move(*segment));
        more = end != std::string_view::npos;
        path = more ? path.substr(end) : std::string_view{};
    }
    std::optional<std::map<std::string, std::string>> fields = decoded_fields(query);
    if (!fields) {
        return std::nullopt;
    }
    parsed.query = std::move(*fields);
    return parsed;
}

} // namespace service
