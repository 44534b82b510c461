#pragma once

#include "mail/header_block.hpp"

#include <optional>
#include <string>
#include <string_view>

/// One entity of a mail and the entities in it, as views of the mail. GMime reads the fields and
/// decodes; the tree is walked here, part by part, so that a mail of a million parts costs no more
/// than the limit allows.
namespace mail {

class mime_part {
public:
    /// `default_type` holds when there is no Content-Type (RFC 2046 section 5.1.5). Throws
    /// unreadable_mail when the header block is too large. The part lives as long as what `entity`
    /// shows.
    mime_part(std::string_view entity, std::string_view default_type);

    const std::string& media_type() const { return media_type_; } ///< lower case
    bool is_multipart() const { return media_type_.starts_with("multipart/"); }
    bool is_attachment() const { return is_attachment_; }       ///< says Content-Disposition
    const std::string& file_name() const { return file_name_; } ///< as the sender wrote it, decoded
    const std::string& content_id() const { return content_id_; }
    const std::string& boundary() const { return boundary_; }
    const std::string& charset() const { return charset_; }
    std::string_view body() const { return body_; }

    /// The body without its transfer encoding; damaged encodings give what can be read of them.
    std::string decode() const;

private:
    void read_field(const raw_field& field);
    void read_content_type(const std::string& value);
    void read_disposition(const std::string& value);

    std::string_view body_;
    std::string media_type_;
    std::string boundary_;
    std::string charset_;
    std::string encoding_;
    std::string file_name_;
    std::string content_id_;
    bool is_attachment_ = false;
};

/// Walks the parts of a multipart body, one at a time.
class part_splitter {
public:
    part_splitter(std::string_view body, const std::string& boundary);

    /// The next part, headers and all; nullopt: no more. A missing close delimiter ends the last
    /// part with the body.
    std::optional<std::string_view> next();

private:
    struct delimiter {
        std::size_t begin; ///< of its line
        std::size_t end;   ///< behind its line
        bool closes;
    };
    std::optional<delimiter> find_delimiter(std::size_t from) const;

    std::string_view body_;
    std::string dashes_; ///< "--boundary"
    std::optional<std::size_t> part_begin_;
};

} // namespace mail
