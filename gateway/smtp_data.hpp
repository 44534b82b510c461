#pragma once

#include "gateway/smtp_reply.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// Takes a mail out of the octets after 354, piece by piece. Pure. Its input may come from an
/// enemy: only CRLF.CRLF ends a mail, and a bare CR, a bare LF or a NUL refuses it at once, so that
/// no two servers can disagree about where it ends (SMTP smuggling, CVE-2023-51764).
class smtp_data {
public:
    static constexpr std::size_t longest_line = 998; ///< without CRLF, RFC 5321 section 4.5.3.1.6
    static constexpr std::size_t received_fields = 50;

    explicit smtp_data(std::uint64_t size_limit) : size_limit_(size_limit) {}

    /// Takes octets until they or the mail end; appends the mail's own octets, dot-unstuffed, CRLF
    /// line ends, to `mail`. Returns how many were taken; after ended() none are.
    std::size_t take(std::string_view octets, std::string& mail);

    /// The final dot was seen, or the mail is refused for good.
    bool ended() const { return position_ == position::end; }
    /// Why the mail is refused; set while it arrives. The rest is still to be taken until ended().
    std::optional<smtp_outcome> fault() const { return fault_; }
    /// Where the mail ends is no longer certain: the connection must be closed after the reply.
    bool must_close() const { return ended() && !ended_by_dot_; }

private:
    enum class position { line_start, after_dot, after_dot_cr, text, after_cr, end };

    void step(char octet, std::string& mail);
    void give(std::string_view octets, std::string& mail);
    void end_line(std::string& mail);
    void watch_header(std::string_view octets);
    void refuse(smtp_outcome why);
    void give_up(smtp_outcome why);

    std::uint64_t size_limit_;
    std::uint64_t size_ = 0;
    std::size_t line_ = 0;
    position position_ = position::line_start;
    std::optional<smtp_outcome> fault_;
    bool ended_by_dot_ = false;
    bool in_header_ = true;
    std::string line_head_;
    std::size_t received_ = 0;
};

/// The other direction: makes octets ready to be sent after 354. Dots are stuffed; a bare CR or LF,
/// should one ever come this way, leaves as CRLF: what goes out has no second reading. Pure.
class data_writer {
public:
    void push(std::string_view octets, std::string& wire);
    /// The end of the last line, if open, and the final dot.
    void finish(std::string& wire);

private:
    bool line_start_ = true;
    bool after_cr_ = false;
};

} // namespace gateway
