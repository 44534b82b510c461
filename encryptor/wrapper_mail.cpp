#include "encryptor/wrapper_mail.hpp"

#include "encryptor/assets.hpp"
#include "encryptor/composed_mail.hpp"
#include "encryptor/template.hpp"

namespace encryptor {
namespace {

constexpr std::size_t longest_shown = 200; ///< octets of a name or subject on the page

struct sender_shown {
    std::string name; ///< empty: none
    std::string address;
};

std::string without_quotes(std::string_view name)
{
    std::string plain;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] == '"') {
            continue;
        }
        if (name[at] == '\\' && at + 1 < name.size()) {
            ++at;
        }
        plain.push_back(name[at]);
    }
    return display_text(plain, longest_shown);
}

std::optional<sender_shown> read_at(std::string_view from, std::size_t open, std::size_t close)
{
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    const auto address = mail::address::parse(from.substr(open + 1, close - open - 1));
    if (!address) {
        return std::nullopt;
    }
    return sender_shown{without_quotes(from.substr(0, open)), address->text()};
}

/// The field was decoded, so its name may hold what RFC 5322 would have quoted: look for the
/// brackets only.
sender_shown shown_as(const std::string& from, const mail::address& sender)
{
    const std::size_t first = from.find('<');
    if (auto found = read_at(from, first, from.find('>', first))) {
        return *found;
    }
    if (auto found = read_at(from, from.rfind('<'), from.rfind('>'))) {
        return *found;
    }
    if (const auto bare = mail::address::parse(from)) {
        return {{}, bare->text()};
    }
    return {{}, sender.text()};
}

std::string as_text(const sender_shown& sender)
{
    if (sender.name.empty()) {
        return sender.address;
    }
    return sender.name + " (" + sender.address + ")";
}

bool is_message_id(std::string_view text)
{
    return text.size() > 2 && text.front() == '<' && text.back() == '>' &&
           text.find(' ') == std::string_view::npos;
}

template_values wrapper_values(const wrapper& values, const sender_shown& sender)
{
    template_values shown;
    shown.texts = {
        {"ORGANISATION", display_text(values.organisation, longest_shown)},
        {"SENDER", as_text(sender)},
        {"SUBJECT", display_text(values.subject, longest_shown)},
        {"RECIPIENT", values.recipient.text()},
        {"LINK", values.link}};
    if (values.expires) {
        template_values expiry;
        expiry.texts = {{"DATE", display_text(*values.expires, longest_shown)}};
        shown.sections["EXPIRES"].push_back(std::move(expiry));
    }
    return shown;
}

} // namespace

std::string make_wrapper_mail(const wrapper& values)
{
    const sender_shown sender = shown_as(values.from, values.sender);
    composed_mail made;
    made.plain_field("Date", values.date);
    made.address_field("From", sender.name, sender.address);
    made.address_field("To", {}, values.recipient.text());
    made.text_field("Subject", values.subject);
    if (is_message_id(values.message_id)) {
        made.plain_field("Message-ID", values.message_id);
    }
    made.plain_field("X-Sealpost-Delivery", "link");
    const template_values shown = wrapper_values(values, sender);
    return made.finish(
        render_text("wrapper_mail", assets::wrapper_mail_txt, shown),
        render_html("wrapper_mail", assets::wrapper_mail_html, shown));
}

std::string make_passcode_mail(const passcode_mail& values)
{
    const std::string organisation = display_text(values.organisation, longest_shown);
    composed_mail made;
    made.plain_field("Date", values.date);
    made.address_field("From", organisation, values.from.text());
    made.address_field("To", {}, values.recipient.text());
    made.text_field("Subject", "Your passcode (reference " + values.reference + ")");
    if (is_message_id(values.message_id)) {
        made.plain_field("Message-ID", values.message_id);
    }
    // RFC 3834: no vacation notice may answer this.
    made.plain_field("Auto-Submitted", "auto-generated");
    made.plain_field("X-Sealpost-Kind", "passcode");
    template_values shown;
    shown.texts = {
        {"ORGANISATION", organisation},
        {"CODE", display_text(values.code, longest_shown)},
        {"REFERENCE", display_text(values.reference, longest_shown)},
        {"MINUTES", std::to_string(values.valid_minutes)}};
    return made.finish(
        render_text("passcode_mail", assets::passcode_mail_txt, shown),
        render_html("passcode_mail", assets::passcode_mail_html, shown));
}

} // namespace encryptor
