#pragma once

#include "gateway/smtp_receiver.hpp"

#include <cstddef>
#include <string_view>

namespace gateway {

/// Puts a server's reply together, line by line (RFC 5321 section 4.2.1). The server may be an
/// enemy: lines and their number are bounded, control characters are dropped. Pure.
class reply_reader {
public:
    static constexpr std::size_t longest_line = 2048;
    static constexpr std::size_t most_lines = 512;

    enum class progress { more, complete, nonsense };

    /// One line without its CRLF.
    progress line(std::string_view text);
    const smtp_reply& reply() const { return reply_; }

private:
    smtp_reply reply_;
};

/// The reply on one line, as events and people read it: "250 2.0.0 accepted".
std::string one_line(const smtp_reply& reply);

} // namespace gateway
