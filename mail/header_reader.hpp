#pragma once

#include "mail/header_block.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

struct header_field {
    std::string name;  ///< as written
    std::string value; ///< decoded (RFC 2047), unfolded, without control characters
    std::string raw;   ///< the field with its folding and final CRLF
};

/// A field's text behind the colon as people read it: UTF-8, decoded (RFC 2047), on one line.
std::string decode_field(std::string_view body);

/// Reads the header block of a mail as its bytes arrive; never looks at the body. What it is fed
/// may come from an enemy.
class header_reader {
public:
    static constexpr std::size_t limit = header_block::limit; ///< octets of a whole header block

    using progress = header_block::progress;

    /// Takes the next octets of the mail; those after the empty line are ignored.
    progress feed(std::string_view octets);

    /// After `complete` (or at the end of a mail without body, after finish()).
    void finish();
    const std::vector<header_field>& fields() const { return fields_; }
    /// First field of that name, any case; nullptr: none.
    const header_field* find(std::string_view name) const;

private:
    header_block block_;
    std::vector<header_field> fields_;
};

} // namespace mail
