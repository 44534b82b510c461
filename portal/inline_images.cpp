#include "portal/inline_images.hpp"

#include <algorithm>
#include <cstdint>

namespace portal {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, octets.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < left ? static_cast<std::uint8_t>(octets[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= left ? alphabet[group >> (18 - 6 * k) & 63] : '=';
        }
    }
    return text;
}

} // namespace

std::string_view image_type(std::string_view octets)
{
    if (octets.starts_with("\x89PNG\r\n\x1a\n")) {
        return "image/png";
    }
    if (octets.starts_with("\xff\xd8\xff")) {
        return "image/jpeg";
    }
    if (octets.starts_with("GIF87a") || octets.starts_with("GIF89a")) {
        return "image/gif";
    }
    if (octets.starts_with("RIFF") && octets.size() > 12 && octets.substr(8, 4) == "WEBP") {
        return "image/webp";
    }
    return {};
}

bool is_image_data_url(std::string_view url)
{
    for (const std::string_view prefix :
         {"data:image/png;base64,",
          "data:image/jpeg;base64,",
          "data:image/gif;base64,",
          "data:image/webp;base64,"}) {
        if (url.starts_with(prefix)) {
            url.remove_prefix(prefix.size());
            for (int padding = 0; padding < 2 && url.ends_with('='); ++padding) {
                url.remove_suffix(1);
            }
            return !url.empty() && url.find_first_not_of(alphabet) == std::string_view::npos;
        }
    }
    return false;
}

std::optional<std::string> inline_images::data_url(std::string_view content_id)
{
    for (std::size_t index = 0; index < attachments_.size(); ++index) {
        const mail::attachment& part = attachments_[index];
        if (content_id.empty() || part.content_id != content_id) {
            continue;
        }
        const std::string_view type = image_type(part.octets);
        if (type.empty() || spent_ + part.octets.size() > budget) {
            return std::nullopt;
        }
        spent_ += part.octets.size();
        shown_.insert(index);
        return "data:" + std::string{type} + ";base64," + base64(part.octets);
    }
    return std::nullopt;
}

} // namespace portal
