#include "service/http_encoding.hpp"
#include "service/http_server.hpp"

#include <algorithm>

namespace service {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower_case(std::string_view text)
{
    std::string lowered{text};
    std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
    return lowered;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

} // namespace

std::string http_request::header(std::string_view name) const
{
    const auto found = headers.find(lower_case(name));
    return found == headers.end() ? std::string{} : found->second;
}

std::string http_request::cookie(std::string_view name) const
{
    const std::string all = header("cookie");
    std::string_view rest = all;
    while (!rest.empty()) {
        const std::size_t end = rest.find(';');
        const std::string_view pair = trimmed(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return std::string{pair.substr(equals + 1)};
        }
    }
    return {};
}

std::map<std::string, std::string> http_request::form() const
{
    const std::string media_type = lower_case(header("content-type"));
    const std::string_view essence =
        trimmed(std::string_view{media_type}.substr(0, media_type.find(';')));
    if (essence != "application/x-www-form-urlencoded") {
        return {};
    }
    std::optional<std::map<std::string, std::string>> fields = decoded_fields(body);
    if (!fields) {
        throw bad_request{"the form is wrongly encoded"};
    }
    return std::move(*fields);
}

} // namespace service
