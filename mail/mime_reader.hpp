#pragma once

#include "mail/header_block.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct attachment {
    std::string name;       ///< UTF-8, without path, never empty
    std::string media_type; ///< "image/png"
    std::string content_id; ///< without angle brackets; empty for none
    bool in_line = false;   ///< referred to by the HTML part through cid:
    std::string octets;     ///< decoded
};

/// A mail as a reader sees it.
struct readable_mail {
    std::string from, to, cc, subject, date; ///< UTF-8, decoded
    std::string message_id;
    std::optional<std::string> text; ///< UTF-8, the best plain part
    std::optional<std::string> html; ///< UTF-8, the best HTML part
    std::vector<attachment> attachments;
};

class unreadable_mail : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline constexpr std::size_t most_parts = 1000;
inline constexpr std::size_t deepest_part = 50;
/// As sent. A reader holds a mail whole in memory, so no gateway may accept a larger one.
inline constexpr std::size_t longest_mail = 64 * 1024 * 1024;
/// As stored, with the fields that a gateway puts in front; its whole header keeps to its limit.
inline constexpr std::size_t longest_stored_mail = longest_mail + header_block::limit;
inline constexpr std::size_t most_decoded_octets = longest_mail;

/// Reads a whole mail, which may come from an enemy: at most 1,000 parts, depth 50 and 64 MiB
/// decoded, else unreadable_mail. A mail attached to it (message/rfc822) stays an attachment.
/// Broken boundaries, encodings and charsets are read as well as they can be; nothing but a limit
/// makes a mail unreadable.
readable_mail read_mail(std::string_view octets);

/// The original entity, byte for byte: its Content-* fields and MIME-Version in their order, the
/// empty line, the body. What S/MIME signs (RFC 8551 section 3.1). For a whole mail in memory;
/// streaming: entity_reader. Throws unreadable_mail when the header block is too large.
std::string body_of(std::string_view mail);

} // namespace mail
