#include "simulator/mailboxes/mail_client.hpp"

#include "encryptor/secret.hpp"
#include "encryptor/smime.hpp"
#include "mail/header_reader.hpp"
#include "mail/mime_reader.hpp"
#include "simulator/mailboxes/mail_links.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace simulator {

namespace {

constexpr std::array<std::string_view, 3> delivery_names{"inline", "link", "plain"};
constexpr std::size_t code_digits = 8;

std::string lower_case(std::string_view text)
{
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return lower;
}

std::optional<std::string> read_file(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    if (!file)
        return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::vector<mail::header_field> header_of(std::string_view octets)
{
    mail::header_reader reader;
    if (reader.feed(octets) == mail::header_reader::progress::more)
        reader.finish();
    return reader.fields();
}

std::string value_of(const std::vector<mail::header_field>& header, std::string_view name)
{
    for (const mail::header_field& field : header)
        if (lower_case(field.name) == name)
            return field.value;
    return {};
}

bool is_encrypted(const std::vector<mail::header_field>& header)
{
    const std::string type = lower_case(value_of(header, "content-type"));
    return type.starts_with("application/pkcs7-mime") ||
           type.starts_with("application/x-pkcs7-mime");
}

bool belongs_to_entity(const mail::header_field& field)
{
    const std::string name = lower_case(field.name);
    return name.starts_with("content-") || name == "mime-version";
}

/// What stands above the entity, as it came.
std::string own_fields(const std::vector<mail::header_field>& header)
{
    std::string fields;
    for (const mail::header_field& field : header)
        if (!belongs_to_entity(field))
            fields += field.raw;
    return fields;
}

bool is_passcode(const std::vector<mail::header_field>& header)
{
    return lower_case(value_of(header, "x-sealpost-kind")) == "passcode";
}

delivery_kind classify(const std::vector<mail::header_field>& header)
{
    const std::string named = lower_case(value_of(header, "x-sealpost-delivery"));
    if (named == "link")
        return delivery_kind::link;
    return is_encrypted(header) ? delivery_kind::in_line : delivery_kind::plain;
}

bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/// The first number of exactly eight digits.
std::string find_code(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at]))
            continue;
        std::size_t end = at;
        while (end < text.size() && is_digit(text[end]))
            ++end;
        if (end - at == code_digits)
            return std::string{text.substr(at, code_digits)};
        at = end;
    }
    return {};
}

void take_over(mail::readable_mail readable, shown_mail& shown)
{
    shown.from = std::move(readable.from);
    shown.to = std::move(readable.to);
    shown.subject = std::move(readable.subject);
    shown.date = std::move(readable.date);
    shown.text = std::move(readable.text);
    shown.html = std::move(readable.html);
    shown.links = find_links(shown.text.value_or(""), shown.html.value_or(""));
    for (mail::attachment& each : readable.attachments) {
        std::string digest = encryptor::hexadecimal(encryptor::sha256(each.octets));
        shown.attachments.push_back(
            {std::move(each.name),
             std::move(each.media_type),
             std::move(each.content_id),
             std::move(digest),
             std::move(each.octets)});
    }
}

} // namespace

std::string_view to_text(delivery_kind kind)
{
    return delivery_names.at(static_cast<std::size_t>(kind));
}

mail_client::mail_client(std::filesystem::path keys, std::filesystem::path authority)
    : keys_(std::move(keys)), authority_(std::move(authority))
{}

shown_mail mail_client::show(const stored_mail& mail) const
{
    shown_mail shown;
    const auto header = header_of(mail.octets);
    shown.delivery = classify(header);
    const std::string opened = is_encrypted(header) ? open(mail, shown) : mail.octets;
    try {
        take_over(mail::read_mail(opened), shown);
    } catch (const mail::unreadable_mail& why) {
        shown.problem = std::string{"This mail can't be read: "} + why.what();
    }
    if (is_passcode(header)) {
        shown.kind = "passcode";
        shown.code = find_code(shown.text.value_or(""));
    }
    return shown;
}

shown_mail mail_client::show_header(const stored_mail& mail) const
{
    shown_mail shown;
    const auto header = header_of(mail.octets);
    shown.delivery = classify(header);
    if (is_passcode(header))
        shown.kind = "passcode";
    try {
        take_over(mail::read_mail(own_fields(header) + "\r\n"), shown);
    } catch (const mail::unreadable_mail& why) {
        shown.problem = std::string{"This mail can't be read: "} + why.what();
    }
    return shown;
}

std::string mail_client::means(const std::string& mailbox) const
{
    std::string digests;
    for (const auto& part : {key_of(mailbox), read_file(authority_)})
        digests += part ? encryptor::sha256(*part) : "-";
    return digests;
}

std::optional<std::string> mail_client::key_of(const std::string& mailbox) const
{
    // The local part comes from an SMTP client: it must not lead out of the folder.
    if (keys_.empty() || mailbox.find_first_of(std::string_view{"/\0", 2}) != std::string::npos)
        return std::nullopt;
    return read_file(keys_ / (mailbox + ".pem"));
}

std::string mail_client::open(const stored_mail& mail, shown_mail& shown) const
{
    std::string opened = own_fields(header_of(mail.octets));
    const auto key = key_of(mail.mailbox);
    const auto authority = read_file(authority_);
    if (!key || !authority) {
        shown.problem = key ? "There is no authority to verify the signature against."
                            : "This client has no key: the message stays encrypted.";
        return opened + "\r\n";
    }
    try {
        const std::string entity = mail::body_of(mail.octets);
        encryptor::opened_mail inner = encryptor::open_smime(entity, *key, *key, *authority);
        shown.verified_signer = std::move(inner.signer);
        return opened + inner.entity;
    } catch (const std::runtime_error& why) {
        shown.problem = std::string{"This message is not shown: "} + why.what();
        return opened + "\r\n";
    }
}

} // namespace simulator
