#include "portal/inline_images.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using portal::inline_images;

mail::attachment image(std::string content_id, std::string octets)
{
    mail::attachment part;
    part.name = "x.png";
    part.media_type = "image/png";
    part.content_id = std::move(content_id);
    part.octets = std::move(octets);
    return part;
}

const std::string png = "\x89PNG\r\n\x1a\n";

TEST(InlineImages, are_told_by_their_octets)
{
    EXPECT_EQ(portal::image_type(png + "..."), "image/png");
    EXPECT_EQ(portal::image_type("\xff\xd8\xff\xe0"), "image/jpeg");
    EXPECT_EQ(portal::image_type("GIF89a..."), "image/gif");
    EXPECT_EQ(portal::image_type("RIFF....WEBPVP8 "), "image/webp");
    for (const char* other :
         {"", "<svg onload=alert(1)>", "RIFF....WAVEfmt ", "%PDF", "BM", "GIF90a"}) {
        EXPECT_EQ(portal::image_type(other), "") << other;
    }
}

TEST(InlineImages, become_data_urls_and_are_marked_as_shown)
{
    const std::vector<mail::attachment> parts = {image("a", "text"), image("b", png)};
    inline_images images{parts};
    EXPECT_EQ(images.data_url("b"), "data:image/png;base64,iVBORw0KGgo=");
    EXPECT_EQ(images.data_url("a"), std::nullopt); // says image/png, is not
    EXPECT_EQ(images.data_url("c"), std::nullopt);
    EXPECT_EQ(images.data_url(""), std::nullopt);
    EXPECT_EQ(images.shown(), (std::set<std::size_t>{1}));
}

TEST(InlineImages, one_image_named_a_thousand_times_ends_at_the_budget)
{
    const std::vector<mail::attachment> parts = {image("a", png + std::string(1024 * 1024, 'x'))};
    inline_images images{parts};
    int given = 0;
    for (int i = 0; i < 1000; ++i) {
        given += images.data_url("a") ? 1 : 0;
    }
    EXPECT_EQ(given, 11);
}

TEST(InlineImages, data_urls_of_a_mail_are_images_in_clean_base64)
{
    EXPECT_TRUE(portal::is_image_data_url("data:image/png;base64,iVBORw0KGgo="));
    EXPECT_TRUE(portal::is_image_data_url("data:image/webp;base64,AA=="));
    for (const char* other :
         {"data:image/png;base64,",
          "data:image/png;base64,==",
          "data:image/png,abc",
          "data:image/svg+xml;base64,AAAA",
          "data:text/html;base64,AAAA",
          "data:image/png;base64,AA\"AA",
          "data:image/png;base64,AA=A",
          "data:image/png;base64,AAAA====",
          "DATA:image/png;base64,AAAA",
          "https://x"}) {
        EXPECT_FALSE(portal::is_image_data_url(other)) << other;
    }
}

} // namespace
