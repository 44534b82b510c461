#include "mail/mime_part.hpp"

#include "mail/charset.hpp"
#include "mail/gmime.hpp"
#include "mail/mime_reader.hpp"

#include <gmime/gmime.h>

namespace mail {
namespace {

std::string lower_case(const std::string& text)
{
    const text_ptr result(g_ascii_strdown(text.data(), static_cast<gssize>(text.size())));
    return result.get();
}

std::string text_or_empty(const char* text)
{
    return text ? text : "";
}

std::string unfolded(std::string_view body)
{
    const text_ptr result(g_mime_utils_header_unfold(std::string(body).c_str()));
    return single_line(result.get());
}

std::string without_brackets(std::string text)
{
    if (text.starts_with('<'))
        text.erase(0, 1);
    if (text.ends_with('>'))
        text.pop_back();
    return text;
}

} // namespace

mime_part::mime_part(std::string_view entity, std::string_view default_type)
    : media_type_(default_type)
{
    start_gmime();
    header_block header;
    body_ = entity.substr(header.feed(entity));
    if (header.state() == header_block::progress::too_large)
        throw unreadable_mail("a part has more than 100 KiB or 1000 fields of header");
    for (const raw_field& field : header.split())
        read_field(field);
}

void mime_part::read_field(const raw_field& field)
{
    if (same_field(field.name, "Content-Type"))
        read_content_type(unfolded(field.body));
    else if (same_field(field.name, "Content-Disposition"))
        read_disposition(unfolded(field.body));
    else if (same_field(field.name, "Content-Transfer-Encoding"))
        encoding_ = unfolded(field.body);
    else if (same_field(field.name, "Content-ID"))
        content_id_ = valid_utf8(without_brackets(unfolded(field.body)));
}

void mime_part::read_content_type(const std::string& value)
{
    const object_ptr<GMimeContentType> type(g_mime_content_type_parse(nullptr, value.c_str()));
    const auto parameter = [&](const char* name) {
        return text_or_empty(g_mime_content_type_get_parameter(type.get(), name));
    };
    const text_ptr media_type(g_mime_content_type_get_mime_type(type.get()));
    media_type_ = single_line(valid_utf8(lower_case(media_type.get())));
    boundary_ = parameter("boundary");
    charset_ = parameter("charset");
    if (file_name_.empty())
        file_name_ = valid_utf8(parameter("name"));
}

void mime_part::read_disposition(const std::string& value)
{
    const object_ptr<GMimeContentDisposition> disposition(
        g_mime_content_disposition_parse(nullptr, value.c_str()));
    const char* kind = g_mime_content_disposition_get_disposition(disposition.get());
    is_attachment_ = g_ascii_strcasecmp(text_or_empty(kind).c_str(), "attachment") == 0;
    const char* name = g_mime_content_disposition_get_parameter(disposition.get(), "filename");
    if (!text_or_empty(name).empty())
        file_name_ = valid_utf8(name);
}

std::string mime_part::decode() const
{
    const auto encoding = g_mime_content_encoding_from_string(encoding_.c_str());
    if (encoding == GMIME_CONTENT_ENCODING_DEFAULT || encoding == GMIME_CONTENT_ENCODING_7BIT ||
        encoding == GMIME_CONTENT_ENCODING_8BIT || encoding == GMIME_CONTENT_ENCODING_BINARY)
        return std::string(body_);
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding);
    std::string decoded(g_mime_encoding_outlen(&state, body_.size() + 2), '\0');
    std::size_t length = g_mime_encoding_step(&state, body_.data(), body_.size(), decoded.data());
    // Base64 that was cut off: the missing padding brings out its last octets. No harm to whole
    // ones.
    if (encoding == GMIME_CONTENT_ENCODING_BASE64)
        length += g_mime_encoding_flush(&state, "==", 2, decoded.data() + length);
    else
        length += g_mime_encoding_flush(&state, nullptr, 0, decoded.data() + length);
    decoded.resize(length);
    return decoded;
}

part_splitter::part_splitter(std::string_view body, const std::string& boundary)
    : body_(body), dashes_("--" + boundary)
{
    if (boundary.empty())
        return;
    const auto first = find_delimiter(0);
    if (first && !first->closes)
        part_begin_ = first->end;
}

std::optional<std::string_view> part_splitter::next()
{
    if (!part_begin_)
        return std::nullopt;
    const std::size_t begin = *part_begin_;
    const auto end = find_delimiter(begin);
    if (!end) {
        part_begin_.reset();
        return body_.substr(begin);
    }
    if (end->closes)
        part_begin_.reset();
    else
        part_begin_ = end->end;
    // The line end before a delimiter belongs to the delimiter.
    std::string_view part = body_.substr(begin, end->begin - begin);
    if (part.ends_with('\n'))
        part.remove_suffix(1);
    if (part.ends_with('\r'))
        part.remove_suffix(1);
    return part;
}

std::optional<part_splitter::delimiter> part_splitter::find_delimiter(std::size_t from) const
{
    for (auto at = body_.find(dashes_, from); at != std::string_view::npos;
         at = body_.find(dashes_, at + 1)) {
        if (at > 0 && body_[at - 1] != '\n')
            continue;
        std::size_t behind = at + dashes_.size();
        const bool closes = body_.substr(behind).starts_with("--");
        behind = body_.find_first_not_of(" \t\r", closes ? behind + 2 : behind);
        if (behind == std::string_view::npos)
            return delimiter{at, body_.size(), closes};
        if (body_[behind] == '\n')
            return delimiter{at, behind + 1, closes};
    }
    return std::nullopt;
}

} // namespace mail
