#include "simulator/mailboxes/mailbox_pages.hpp"

#include "encryptor/template.hpp"
#include "mail/date.hpp"
#include "simulator/assets.hpp"

#include <openssl/evp.h>

#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace simulator {

namespace {

using encryptor::template_values;

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@";
    std::string encoded;
    for (const char each : text) {
        if (plain.find(each) != std::string_view::npos) {
            encoded += each;
            continue;
        }
        encoded += '%';
        encoded += digits[static_cast<unsigned char>(each) >> 4];
        encoded += digits[static_cast<unsigned char>(each) & 0x0f];
    }
    return encoded;
}

std::string mailbox_url(const std::string& mailbox)
{
    return "/mailboxes/" + percent_encoded(mailbox);
}

/// "2026-12-24 10:00:05 UTC".
std::string shown_time(std::int64_t milliseconds)
{
    std::string text = mail::iso8601_utc(milliseconds).substr(0, 19);
    text[10] = ' ';
    return text + " UTC";
}

/// "24 Nov 10:00", for lists.
std::string short_time(std::int64_t milliseconds)
{
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::string text = mail::iso8601_utc(milliseconds);
    const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
    return text.substr(8, 2) + " " + std::string{months.substr(month * 3, 3)} + " " +
           text.substr(11, 5);
}

/// The name in front of the address, if there is one.
std::string short_name(const std::string& from)
{
    const std::size_t bracket = from.find('<');
    if (bracket == std::string::npos)
        return from;
    std::string name = from.substr(0, bracket);
    std::erase(name, '"');
    while (!name.empty() && name.back() == ' ')
        name.pop_back();
    return name.empty() ? from : name;
}

std::string shown_size(std::size_t octets)
{
    if (octets < 1024)
        return std::to_string(octets) + " B";
    if (octets < 1024 * 1024)
        return std::to_string((octets + 512) / 1024) + " KB";
    const std::size_t tenths = (octets * 10 + 512 * 1024) / (1024 * 1024);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

/// The first letter of a name or address, for the round face beside it.
std::string initial(std::string_view name)
{
    for (const char each : name) {
        if (each >= 'a' && each <= 'z')
            return {static_cast<char>(each - 'a' + 'A')};
        if ((each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9'))
            return {each};
    }
    return "@";
}

std::string subject_or_remark(const std::string& subject)
{
    return subject.empty() ? "(no subject)" : subject;
}

std::string label_of(const mail_row& mail)
{
    if (mail.kind == "passcode")
        return "passcode";
    return std::string{to_text(mail.delivery)};
}

template_values texts(std::map<std::string, std::string> values)
{
    template_values made;
    made.texts = std::move(values);
    return made;
}

std::string base64(const std::string& octets)
{
    std::string encoded((octets.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(encoded.data()),
        reinterpret_cast<const unsigned char*>(octets.data()),
        static_cast<int>(octets.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

bool is_image(const shown_attachment& file)
{
    return file.media_type.starts_with("image/") &&
           file.media_type.find_first_of("\"'<> ;") == std::string::npos;
}

/// The pictures that a mail carries for its own HTML.
class carried_pictures {
public:
    explicit carried_pictures(const shown_mail& mail)
    {
        for (const shown_attachment& file : mail.attachments)
            if (!file.content_id.empty() && is_image(file))
                by_id_.emplace(file.content_id, &file);
    }

    /// nullopt: there is no such picture, or the page has grown enough by them.
    std::optional<std::string> data_url(std::string_view content_id)
    {
        const auto found = by_id_.find(content_id);
        if (found == by_id_.end() || found->second->octets.size() > left_)
            return std::nullopt;
        left_ -= found->second->octets.size();
        return "data:" + found->second->media_type + ";base64," + base64(found->second->octets);
    }

private:
    /// One picture may be named any number of times.
    static constexpr std::size_t most_octets = 12 * 1024 * 1024;

    std::map<std::string_view, const shown_attachment*> by_id_;
    std::size_t left_ = most_octets;
};

/// HTML for the frame: links open outside of it, its own pictures stand in it.
std::string framed(const shown_mail& mail)
{
    constexpr std::string_view scheme = "cid:";
    std::string html =
        "<base target=\"_blank\"><style>body{margin:16px 20px;font-family:sans-serif}</style>";
    carried_pictures pictures{mail};
    std::string_view left = *mail.html;
    for (auto at = left.find(scheme); at != left.npos; at = left.find(scheme)) {
        html += left.substr(0, at);
        left.remove_prefix(at + scheme.size());
        const std::string_view id = left.substr(0, left.find_first_of(" \t\r\n\"'<>()"));
        left.remove_prefix(id.size());
        html += pictures.data_url(id).value_or(std::string{scheme} + std::string{id});
    }
    html += left;
    return html;
}

void add_content(const shown_mail& mail, template_values& page)
{
    if (mail.html)
        page.sections["HTML"].push_back(texts({{"BODY", framed(mail)}}));
    if (mail.text)
        page.sections[mail.html ? "ALSO_TEXT" : "TEXT"].push_back(texts({{"BODY", *mail.text}}));
    if (!mail.verified_signer.empty())
        page.sections["VERIFIED"].push_back(texts({{"SIGNER", mail.verified_signer}}));
    if (!mail.problem.empty())
        page.sections["TROUBLE"].push_back(texts({{"PROBLEM", mail.problem}}));
}

void add_files(const shown_mail& mail, const std::string& api, template_values& page)
{
    if (mail.attachments.empty())
        return;
    template_values files;
    for (std::size_t index = 0; index < mail.attachments.size(); ++index) {
        const shown_attachment& file = mail.attachments[index];
        files.sections["FILE"].push_back(texts(
            {{"URL", api + "/attachments/" + std::to_string(index)},
             {"NAME", file.name},
             {"SIZE", shown_size(file.octets.size())}}));
    }
    page.sections["FILES"].push_back(std::move(files));
}

/// Puts `list` into the page, or the remark that there is nothing.
void add_list(std::string_view item, std::vector<template_values> list, template_values& page)
{
    if (list.empty()) {
        page.sections["NOTHING"].emplace_back();
        return;
    }
    template_values whole;
    whole.sections[std::string{item}] = std::move(list);
    page.sections["LIST"].push_back(std::move(whole));
}

/// Where the mailbox goes on.
void add_pages(const std::string& url, const mail_rows& rows, template_values& page)
{
    template_values pages;
    if (!rows.newest)
        pages.sections["NEWEST"].push_back(texts({{"URL", url}}));
    if (rows.older && !rows.mails.empty())
        pages.sections["OLDER"].push_back(
            texts({{"URL", url + "?cursor=" + std::to_string(rows.mails.back().id)}}));
    if (!pages.sections.empty())
        page.sections["PAGES"].push_back(std::move(pages));
}

} // namespace

std::string mailboxes_page(const std::vector<mailbox_summary>& mailboxes)
{
    std::vector<template_values> list;
    list.reserve(mailboxes.size());
    for (const mailbox_summary& each : mailboxes)
        list.push_back(texts(
            {{"URL", mailbox_url(each.address)},
             {"INITIAL", initial(each.address)},
             {"ADDRESS", each.address},
             {"COUNT", std::to_string(each.messages) + (each.messages == 1 ? " mail" : " mails")},
             {"LATEST", short_time(each.latest)}}));
    template_values page;
    add_list("MAILBOX", std::move(list), page);
    return encryptor::render_html("mailboxes", assets::mailboxes_html, page);
}

std::string mailbox_page(const std::string& mailbox, const mail_rows& rows)
{
    std::vector<template_values> list;
    list.reserve(rows.mails.size());
    for (const mail_row& each : rows.mails)
        list.push_back(texts(
            {{"URL", mailbox_url(mailbox) + "/" + std::to_string(each.id)},
             {"INITIAL", initial(each.from)},
             {"SUBJECT", subject_or_remark(each.subject)},
             {"DELIVERY", std::string{to_text(each.delivery)}},
             {"LABEL", label_of(each)},
             {"FROM", short_name(each.from)},
             {"SHORT_TIME", short_time(each.received_at)},
             {"TIME", shown_time(each.received_at)}}));
    template_values page = texts({{"ADDRESS", mailbox}});
    add_list("MAIL", std::move(list), page);
    add_pages(mailbox_url(mailbox), rows, page);
    return encryptor::render_html("mailbox", assets::mailbox_html, page);
}

std::string message_page(const stored_mail& stored, const shown_mail& shown)
{
    const std::string api = "/api/mailboxes/" + percent_encoded(stored.mailbox) + "/messages/" +
                            std::to_string(stored.id);
    const bool outlook = shown.delivery == delivery_kind::in_line;
    template_values page = texts(
        {{"SUBJECT", subject_or_remark(shown.subject)},
         {"ADDRESS", stored.mailbox},
         {"MAILBOX_URL", mailbox_url(stored.mailbox)},
         {"DELIVERY", std::string{to_text(shown.delivery)}},
         {"CLIENT", outlook ? "Outlook" : "Webmail"},
         {"INITIAL", initial(shown.from)},
         {"FROM", shown.from},
         {"TO", shown.to},
         {"TIME", shown_time(stored.received_at)},
         {"RAW_URL", api + "/raw"}});
    add_content(shown, page);
    add_files(shown, api, page);
    return encryptor::render_html("mail", assets::mail_html, page);
}

std::string missing_page(unsigned status)
{
    const bool missing = status == 404;
    const template_values page = texts(
        {{"TITLE", missing ? "Nothing is here" : "That did not work"},
         {"ADVICE",
          missing ? "The mail may have been deleted."
                  : "Go back to the mailboxes and try again."}});
    return encryptor::render_html("missing", assets::missing_html, page);
}

std::string_view style_sheet()
{
    return assets::mailboxes_css;
}

} // namespace simulator
