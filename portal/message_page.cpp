#include "portal/message_page.hpp"

#include "mail/date.hpp"
#include "portal/assets.hpp"
#include "portal/content_disposition.hpp"
#include "portal/html_sanitiser.hpp"
#include "portal/inline_images.hpp"
#include "portal/page_template.hpp"
#include "portal/text_links.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

namespace portal {

namespace {

using encryptor::template_values;

std::vector<template_values> pieces_of(std::string_view text)
{
    std::vector<template_values> values;
    for (const text_piece& piece : split_links(text)) {
        template_values value = text_value(piece.text);
        if (!piece.link.empty()) {
            template_values link;
            link.texts["URL"] = piece.link;
            link.texts["LABEL"] = piece.link;
            value.sections["LINK"] = {std::move(link)};
        }
        values.push_back(std::move(value));
    }
    return values;
}

template_values plain_text(std::string_view text)
{
    template_values values;
    values.sections["PIECES"] = pieces_of(text);
    return values;
}

/// Without a script the frame can't take its content's height: a guess of lines on a narrow screen.
std::string_view height_of(const safe_html& html)
{
    const std::size_t images = html.body.find("<img") == std::string::npos ? 0 : 5;
    const std::size_t lines = html.text_octets / 60 + html.blocks + images;
    return lines < 7 ? "short" : lines < 18 ? "medium" : "long";
}

void add_html(template_values& values, const safe_html& html)
{
    template_values frame;
    frame.texts["HEIGHT"] = height_of(html);
    frame.texts["DOCUMENT"] = frame_document(html);
    values.sections["HTML"] = {std::move(frame)};
    if (html.remote_images > 0) {
        values.sections["REMOTE_IMAGES"] = {template_values{}};
    }
}

void add_body(template_values& values, const mail::readable_mail& mail, inline_images& images)
{
    std::optional<safe_html> html;
    if (mail.html) {
        html = sanitise_html(
            *mail.html, [&](std::string_view content_id) { return images.data_url(content_id); });
    }
    if (html) {
        add_html(values, *html);
    } else if (mail.html) {
        values.sections["TOO_LARGE"] = {template_values{}};
    }
    if (mail.text && !mail.text->empty()) {
        values.sections[html ? "ALTERNATIVE" : "PLAIN"] = {plain_text(*mail.text)};
    } else if (!mail.html) {
        values.sections["EMPTY"] = {template_values{}};
    }
}

void add_attachments(
    template_values& values,
    const mail::readable_mail& mail,
    const std::set<std::size_t>& shown,
    const std::string& token)
{
    std::vector<template_values> items;
    for (std::size_t index = 0; index < mail.attachments.size(); ++index) {
        if (shown.contains(index)) {
            continue;
        }
        template_values item;
        item.texts["NAME"] = safe_file_name(mail.attachments[index].name);
        item.texts["SIZE"] = size_for_people(mail.attachments[index].octets.size());
        item.texts["INDEX"] = std::to_string(index);
        item.texts["TOKEN"] = token;
        items.push_back(std::move(item));
    }
    if (!items.empty()) {
        template_values list;
        list.texts["COUNT"] =
            items.size() == 1 ? "1 attachment" : std::to_string(items.size()) + " attachments";
        list.sections["ITEM"] = std::move(items);
        values.sections["ATTACHMENTS"] = {std::move(list)};
    }
}

void add_field(template_values& values, const char* name, const std::string& text)
{
    if (!text.empty()) {
        values.sections[name] = {text_value(text)};
    }
}

} // namespace

std::string render_message(
    const mail::readable_mail& mail, const message_circumstances& circumstances)
{
    const std::string subject = mail.subject.empty() ? "(no subject)" : mail.subject;
    template_values values;
    values.texts["SUBJECT"] = subject;
    values.texts["SENDER"] = circumstances.sender;
    values.texts["FROM"] = mail.from;
    values.texts["TO"] = mail.to;
    add_field(values, "CC", mail.cc);
    add_field(values, "DATE", mail.date);
    if (!circumstances.expires.empty()) {
        template_values expiry;
        expiry.texts["TIME"] = circumstances.expires;
        values.sections["EXPIRES"] = {std::move(expiry)};
    }
    template_values signed_in;
    signed_in.texts["TOKEN"] = circumstances.frame.token;
    values.sections["SIGNED_IN"] = {std::move(signed_in)};

    inline_images images{mail.attachments};
    add_body(values, mail, images);
    add_attachments(values, mail, images.shown(), circumstances.frame.token);
    return render_page(
        "message", assets::message_html, circumstances.frame, subject, std::move(values));
}

std::string size_for_people(std::uint64_t octets)
{
    if (octets < 1000) {
        return std::to_string(octets) + (octets == 1 ? " byte" : " bytes");
    }
    constexpr std::array units = {"kB", "MB", "GB", "TB"};
    double size = static_cast<double>(octets) / 1000;
    std::size_t unit = 0;
    while (size >= 999.5 && unit + 1 < units.size()) {
        size /= 1000;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
    return text.data();
}

std::string time_for_people(std::int64_t unix_milliseconds)
{
    // "2026-12-24T10:00:00.000Z"
    const std::string text = mail::iso8601_utc(unix_milliseconds);
    return text.substr(0, 10) + ' ' + text.substr(11, 5) + " UTC";
}

} // namespace portal
