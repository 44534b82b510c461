#pragma once

#include "mail/mime_reader.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace portal {

/// Turns the images that an HTML part names by `cid:` into `data:` URLs, so that one view is one
/// response. PNG, JPEG, GIF and WebP only, told by their first octets and not by what the mail says
/// they are; 12 MiB in all, each at most once counted.
class inline_images {
public:
    static constexpr std::size_t budget = 12 * 1024 * 1024;

    /// `attachments` must outlive this.
    explicit inline_images(const std::vector<mail::attachment>& attachments)
        : attachments_(attachments)
    {}

    /// nullopt: no such part, no image of these kinds, or the budget is spent.
    std::optional<std::string> data_url(std::string_view content_id);
    /// Indices of the attachments that are shown in place.
    const std::set<std::size_t>& shown() const { return shown_; }

private:
    const std::vector<mail::attachment>& attachments_;
    std::set<std::size_t> shown_;
    std::size_t spent_ = 0;
};

/// The media type of an image that browsers draw without running anything; empty for everything
/// else.
std::string_view image_type(std::string_view octets);

/// A `data:` URL as a mail writes it is one of such an image, in base64.
bool is_image_data_url(std::string_view url);

} // namespace portal
