#include "portal/text_links.hpp"

#include "portal/html_allowed.hpp"

#include <cstddef>

namespace portal {

namespace {

constexpr std::size_t most_links = 2000;
constexpr std::size_t longest_link = 2000;

bool ends_address(char c)
{
    constexpr std::string_view enders = "<>\"'`{}|\\^";
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet == 0x7f || enders.find(c) != std::string_view::npos;
}

/// The address that begins `text`, without the punctuation of the sentence around it.
std::string_view address_at(std::string_view text)
{
    std::size_t length = 0;
    while (length < text.size() && length <= longest_link && !ends_address(text[length])) {
        ++length;
    }
    std::string_view address = text.substr(0, length);
    constexpr std::string_view punctuation = ".,;:!?)]*_";
    while (!address.empty() && punctuation.find(address.back()) != std::string_view::npos) {
        address.remove_suffix(1);
    }
    return length <= longest_link && is_allowed_link(address) ? address : std::string_view{};
}

std::size_t next_scheme(std::string_view text, std::size_t from)
{
    for (std::size_t at = text.find("http", from); at != std::string_view::npos;
         at = text.find("http", at + 4)) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("http://") || rest.starts_with("https://")) {
            return at;
        }
    }
    return std::string_view::npos;
}

} // namespace

std::vector<text_piece> split_links(std::string_view text)
{
    std::vector<text_piece> pieces;
    std::size_t begin = 0;
    std::size_t at = next_scheme(text, 0);
    while (at != std::string_view::npos && pieces.size() < most_links) {
        const std::string_view address = address_at(text.substr(at));
        if (!address.empty()) {
            pieces.push_back({text.substr(begin, at - begin), address});
            begin = at + address.size();
        }
        at = next_scheme(text, at + (address.empty() ? 4 : address.size()));
    }
    pieces.push_back({text.substr(begin), {}});
    return pieces;
}

} // namespace portal
