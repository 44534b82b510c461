#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct cmdlet_token {
    enum class kind { word, parameter, comma, pipe, end_of_command };
    kind what{};
    std::string text; ///< of a word or a parameter (without dash and colon)
    bool quoted = false;
    bool takes_next = false; ///< a parameter written with a colon: its value follows

    bool operator==(const cmdlet_token&) const = default;
};

/// Throws cmdlet_error for a quote that does not end.
std::vector<cmdlet_token> split_cmdlets(std::string_view text);

} // namespace cli
