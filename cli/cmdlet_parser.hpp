#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The part of PowerShell's language that people type for message encryption; pure.
namespace cli {

/// In PowerShell's own style: "Get-Foo : The term 'Get-Foo' is not recognized …".
class cmdlet_error : public std::runtime_error {
public:
    cmdlet_error(const std::string& cmdlet, const std::string& what)
        : std::runtime_error(cmdlet + " : " + what)
    {}
};

/// One argument: values joined by commas, after the parameter's name if it has one.
struct cmdlet_argument {
    std::string parameter; ///< as typed, without its dash; empty: by position
    std::vector<std::string> values;

    bool operator==(const cmdlet_argument&) const = default;
};

struct cmdlet_call {
    std::string name; ///< as typed
    std::vector<cmdlet_argument> arguments;

    bool operator==(const cmdlet_call&) const = default;
};

/// Commands joined by `|`.
using cmdlet_pipeline = std::vector<cmdlet_call>;

/// Reads pipelines separated by `;` or line ends. Quotes ' and " keep what they hold, doubled
/// quotes and `" stand for themselves, # begins a comment, a backtick before a line end joins
/// lines. Throws cmdlet_error.
std::vector<cmdlet_pipeline> parse_cmdlets(std::string_view text);

/// What a cmdlet takes. Names are matched as PowerShell does: any case, any unambiguous beginning.
struct cmdlet_parameter {
    std::string_view name;
    bool is_switch = false;
    bool mandatory = false;
    bool by_position = false; ///< takes the values that come without a name
};

class bound_arguments {
public:
    const std::string* text(std::string_view name) const; ///< nullptr: not given
    const std::vector<std::string>& values(std::string_view name) const;
    bool has(std::string_view name) const;
    void add(std::string_view name, std::vector<std::string> values);

private:
    std::vector<std::pair<std::string_view, std::vector<std::string>>> values_;
};

/// Throws cmdlet_error for unknown, ambiguous, repeated or missing parameters.
bound_arguments bind_arguments(
    const cmdlet_call& call,
    std::string_view cmdlet,
    const std::vector<cmdlet_parameter>& parameters);

/// $true, $false, 1 or 0.
bool parse_boolean(std::string_view cmdlet, std::string_view parameter, const std::string& text);

bool same_name(std::string_view one, std::string_view other); ///< in any case

} // namespace cli
