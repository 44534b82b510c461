#pragma once

#include "mail/header_block.hpp"

#include <string>
#include <string_view>

namespace mail {

/// Cuts the original entity out of a mail while it streams: its Content-* fields and MIME-Version
/// in their order, the empty line, then the body, byte for byte. What S/MIME signs (RFC 8551
/// section 3.1). Holds no more than the header block.
class entity_reader {
public:
    /// Takes the next octets of the mail, returns the next octets of the entity, maybe none. The
    /// view lives until the next call or until `octets` goes.
    std::string_view feed(std::string_view octets);

    /// At the end of the mail: the rest, which is something only when the mail had no empty line.
    std::string_view finish();

    /// The header block is larger than header_block::limit: there will be no entity.
    bool too_large() const { return header_.state() == header_block::progress::too_large; }

private:
    void begin_entity();

    header_block header_;
    std::string begin_; ///< the entity's fields, the empty line and what came with them
    bool in_body_ = false;
};

} // namespace mail
