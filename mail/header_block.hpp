#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

/// One field as it stands in the mail.
struct raw_field {
    std::string_view name; ///< as written, without spaces before the colon
    std::string_view body; ///< behind the colon, still folded, without the final line end
    std::string_view raw;  ///< the whole field with its line ends
};

/// Collects the header block of a mail or of a part as its octets arrive, and splits it into
/// fields. Lines end with CRLF; a bare LF is taken for one too, as GMime does, so that all readers
/// see the same fields.
class header_block {
public:
    static constexpr std::size_t limit = 100 * 1024; ///< octets
    static constexpr std::size_t most_fields = 1000;

    enum class progress { more, complete, too_large };

    /// Takes octets until the empty line, included; returns how many it took. Takes none once
    /// complete or too large.
    std::size_t feed(std::string_view octets);
    progress state() const { return state_; }

    /// The fields so far; the views live as long as this block is neither fed nor moved. Lines that
    /// are no field are left out, with the lines that continue them.
    std::vector<raw_field> split() const;

private:
    void take(std::string_view line_piece);

    std::string block_;
    std::size_t line_start_ = 0;
    std::size_t lines_ = 0; ///< that begin a field
    progress state_ = progress::more;
};

/// Whether two field names are the same, any case.
bool same_field(std::string_view left, std::string_view right);

} // namespace mail
