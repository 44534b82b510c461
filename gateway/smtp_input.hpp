#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

/// Octets that came from the peer and are not read yet, cut into command lines. Pure and bounded:
/// the shell appends at most one read at a time and only after next_line() said `more`.
class smtp_input {
public:
    enum class cut { line, more, too_long, bare_line_feed };

    explicit smtp_input(std::size_t longest_line) : longest_line_(longest_line) {}

    void append(std::string_view octets) { buffer_.append(octets); }
    /// `line`: `text` is the next line without its CRLF. After too_long or bare_line_feed the
    /// stream can't be trusted any more.
    cut next_line(std::string& text);

    bool empty() const { return buffer_.empty(); }
    /// Everything that is buffered, for DATA.
    std::string_view view() const { return buffer_; }
    void drop(std::size_t octets) { buffer_.erase(0, octets); }

private:
    std::size_t longest_line_; ///< with CRLF
    std::string buffer_;
};

} // namespace gateway
