#pragma once

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

/// Reads a whole mail with GMime: at most 1,000 parts and depth 50, else unreadable_mail.
readable_mail read_mail(std::string_view octets);

/// The original entity, byte for byte: its Content-* fields and MIME-Version in their order, the empty
/// line, the body. What S/MIME signs (RFC 8551 section 3.1).
std::string_view body_of(std::string_view mail);

} // namespace mail
