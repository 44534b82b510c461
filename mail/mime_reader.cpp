#include "mail/mime_reader.hpp"

#include "mail/charset.hpp"
#include "mail/entity_reader.hpp"
#include "mail/file_name.hpp"
#include "mail/header_reader.hpp"
#include "mail/mime_part.hpp"

#include <cctype>
#include <set>
#include <utility>

namespace mail {
namespace {

/// Which of the two bodies an entity may still give; the first that comes closes both to what
/// follows it.
struct open_bodies {
    bool text = true;
    bool html = true;
};

class part_collector {
public:
    explicit part_collector(readable_mail& target) : target_(target) {}

    void read(
        std::string_view entity,
        std::string_view default_type,
        std::size_t depth,
        open_bodies& open)
    {
        count_part(depth);
        const mime_part part(entity, default_type);
        if (part.is_multipart() && read_multipart(part, depth, open))
            return;
        if (gives_body(part, depth, open))
            return;
        add_attachment(part);
    }

private:
    void count_part(std::size_t depth)
    {
        if (++parts_ > most_parts)
            throw unreadable_mail(
                "the mail has more than " + std::to_string(most_parts) + " parts");
        if (depth > deepest_part)
            throw unreadable_mail(
                "the mail's parts are nested deeper than " + std::to_string(deepest_part));
    }

    /// False when no boundary was found: then it is no multipart, whatever it says.
    bool read_multipart(const mime_part& part, std::size_t depth, open_bodies& open)
    {
        const bool alternatives = part.media_type() == "multipart/alternative";
        const auto default_type =
            part.media_type() == "multipart/digest" ? "message/rfc822" : "text/plain";
        const std::size_t bodies_before = bodies_;
        part_splitter splitter(part.body(), part.boundary());
        auto child = splitter.next();
        if (!child)
            return false;
        for (; child; child = splitter.next()) {
            // Of alternatives the last is the best, so each may replace what the ones before it
            // gave.
            open_bodies its = open;
            read(*child, default_type, depth + 1, its);
            if (!alternatives && bodies_ != bodies_before)
                open = {false, false};
        }
        if (bodies_ != bodies_before)
            open = {false, false};
        return true;
    }

    bool gives_body(const mime_part& part, std::size_t depth, const open_bodies& open)
    {
        const bool is_file = part.is_attachment() || (!part.file_name().empty() && depth > 0);
        const bool html = part.media_type() == "text/html";
        const bool plain = part.media_type() == "text/plain" || part.is_multipart();
        if (is_file || (html && !open.html) || (plain && !open.text) || (!html && !plain))
            return false;
        (html ? target_.html : target_.text) = to_utf8(decoded(part), part.charset());
        ++bodies_;
        return true;
    }

    void add_attachment(const mime_part& part)
    {
        attachment added;
        const bool plausible = part.media_type().find('/') != std::string::npos;
        added.media_type = plausible ? part.media_type() : "application/octet-stream";
        added.name = safe_file_name(
            part.file_name(), default_file_name(added.media_type, target_.attachments.size() + 1));
        added.content_id = part.content_id();
        added.octets = decoded(part);
        target_.attachments.push_back(std::move(added));
    }

    std::string decoded(const mime_part& part)
    {
        std::string octets = part.decode();
        decoded_octets_ += octets.size();
        if (decoded_octets_ > most_decoded_octets)
            throw unreadable_mail("the mail's parts hold more than 64 MiB");
        return octets;
    }

    readable_mail& target_;
    std::size_t parts_ = 0;
    std::size_t bodies_ = 0;
    std::size_t decoded_octets_ = 0;
};

std::string percent_decoded(std::string_view text)
{
    const auto digit = [](char c) {
        return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10;
    };
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '%' && at + 2 < text.size() &&
                            std::isxdigit(static_cast<unsigned char>(text[at + 1])) &&
                            std::isxdigit(static_cast<unsigned char>(text[at + 2]));
        result +=
            escape ? static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2])) : text[at];
        at += escape ? 2 : 0;
    }
    return result;
}

/// Every cid: that the HTML refers to.
std::set<std::string> referred_ids(std::string_view html)
{
    std::set<std::string> ids;
    for (auto at = html.find("cid:"); at != std::string_view::npos; at = html.find("cid:", at)) {
        at += 4;
        const auto end = html.find_first_of("\"'<>() \t\r\n", at);
        ids.insert(percent_decoded(html.substr(at, end == html.npos ? end : end - at)));
    }
    return ids;
}

void mark_inline(readable_mail& mail)
{
    if (!mail.html)
        return;
    const auto ids = referred_ids(*mail.html);
    for (attachment& each : mail.attachments)
        each.in_line = !each.content_id.empty() && ids.contains(each.content_id);
}

void read_header(std::string_view octets, readable_mail& mail)
{
    header_reader header;
    if (header.feed(octets) == header_reader::progress::too_large)
        throw unreadable_mail("the mail has more than 100 KiB or 1000 fields of header");
    header.finish();
    const auto value = [&](std::string_view name) {
        const header_field* field = header.find(name);
        return field ? field->value : std::string();
    };
    mail.from = value("From");
    mail.to = value("To");
    mail.cc = value("Cc");
    mail.subject = value("Subject");
    mail.date = value("Date");
    mail.message_id = value("Message-ID");
}

} // namespace

readable_mail read_mail(std::string_view octets)
{
    readable_mail mail;
    read_header(octets, mail);
    open_bodies open;
    part_collector(mail).read(octets, "text/plain", 0, open);
    mark_inline(mail);
    return mail;
}

std::string body_of(std::string_view mail)
{
    entity_reader reader;
    std::string entity(reader.feed(mail));
    entity += reader.finish();
    if (reader.too_large())
        throw unreadable_mail("the mail has more than 100 KiB or 1000 fields of header");
    return entity;
}

} // namespace mail
