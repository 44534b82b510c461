#include "cli/cmdlet_parser.hpp"

#include "cli/cmdlet_lexer.hpp"

#include <algorithm>
#include <cctype>

namespace cli {

namespace {

using kind = cmdlet_token::kind;

char lower(char character)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
}

bool begins_with(std::string_view name, std::string_view beginning)
{
    return beginning.size() <= name.size() &&
           same_name(name.substr(0, beginning.size()), beginning);
}

/// Builds the calls of one pipeline, token by token.
class pipeline_builder {
public:
    void take(const cmdlet_token& token)
    {
        switch (token.what) {
        case kind::pipe:
            end_call();
            piped_ = true;
            return;
        case kind::comma:
            if (call_.arguments.empty() || call_.arguments.back().values.empty())
                throw cmdlet_error("ParserError", "Missing argument before ','.");
            list_goes_on_ = true;
            return;
        case kind::parameter:
            take_parameter(token);
            return;
        case kind::word:
            take_word(token);
            return;
        case kind::end_of_command:
            return;
        }
    }

    cmdlet_pipeline finish()
    {
        if (piped_ || !call_.name.empty())
            end_call();
        piped_ = false;
        return std::exchange(pipeline_, {});
    }

private:
    void take_parameter(const cmdlet_token& token)
    {
        if (call_.name.empty())
            throw cmdlet_error(
                "ParserError",
                "Unexpected token '-" + token.text + "': a command's name must come first.");
        require_list_ended();
        call_.arguments.push_back({token.text, {}});
        value_expected_ = true;
    }

    void take_word(const cmdlet_token& token)
    {
        if (call_.name.empty()) {
            call_.name = token.text;
            return;
        }
        if (list_goes_on_ || value_expected_)
            call_.arguments.back().values.push_back(token.text);
        else
            call_.arguments.push_back({"", {token.text}});
        list_goes_on_ = false;
        value_expected_ = false;
    }

    void end_call()
    {
        require_list_ended();
        if (call_.name.empty())
            throw cmdlet_error("ParserError", "An empty pipe element is not allowed.");
        pipeline_.push_back(std::exchange(call_, {}));
        value_expected_ = false;
    }

    void require_list_ended() const
    {
        if (list_goes_on_)
            throw cmdlet_error("ParserError", "Missing argument after ','.");
    }

    cmdlet_pipeline pipeline_;
    cmdlet_call call_;
    bool piped_ = false;
    bool list_goes_on_ = false;
    bool value_expected_ = false; ///< a parameter's name was the last token
};

const cmdlet_parameter& find_parameter(
    std::string_view cmdlet,
    const std::string& typed,
    const std::vector<cmdlet_parameter>& parameters)
{
    const cmdlet_parameter* found = nullptr;
    for (const cmdlet_parameter& one : parameters) {
        if (same_name(one.name, typed))
            return one;
        if (!begins_with(one.name, typed))
            continue;
        if (found != nullptr)
            throw cmdlet_error(
                std::string(cmdlet),
                "Parameter cannot be processed because the parameter name '" + typed +
                    "' is ambiguous.");
        found = &one;
    }
    if (found == nullptr)
        throw cmdlet_error(
            std::string(cmdlet),
            "A parameter cannot be found that matches parameter name '" + typed + "'.");
    return *found;
}

const cmdlet_parameter* positional_parameter(const std::vector<cmdlet_parameter>& parameters)
{
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [](const cmdlet_parameter& one) {
            return one.by_position;
        });
    return found == parameters.end() ? nullptr : &*found;
}

void require_mandatory(
    std::string_view cmdlet,
    const bound_arguments& bound,
    const std::vector<cmdlet_parameter>& parameters)
{
    std::string missing;
    for (const cmdlet_parameter& one : parameters)
        if (one.mandatory && !bound.has(one.name))
            missing += (missing.empty() ? "" : " ") + std::string(one.name);
    if (!missing.empty())
        throw cmdlet_error(
            std::string(cmdlet),
            "Cannot process command because of one or more missing mandatory parameters: " +
                missing + ".");
}

} // namespace

std::vector<cmdlet_pipeline> parse_cmdlets(std::string_view text)
{
    std::vector<cmdlet_pipeline> pipelines;
    pipeline_builder builder;
    for (const cmdlet_token& token : split_cmdlets(text)) {
        if (token.what != kind::end_of_command) {
            builder.take(token);
            continue;
        }
        cmdlet_pipeline finished = builder.finish();
        if (!finished.empty())
            pipelines.push_back(std::move(finished));
    }
    return pipelines;
}

bound_arguments bind_arguments(
    const cmdlet_call& call,
    std::string_view cmdlet,
    const std::vector<cmdlet_parameter>& parameters)
{
    bound_arguments bound;
    std::vector<std::string> loose;
    for (const cmdlet_argument& argument : call.arguments) {
        if (argument.parameter.empty()) {
            loose.insert(loose.end(), argument.values.begin(), argument.values.end());
            continue;
        }
        const cmdlet_parameter& parameter = find_parameter(cmdlet, argument.parameter, parameters);
        if (bound.has(parameter.name))
            throw cmdlet_error(
                std::string(cmdlet),
                "Cannot bind parameter because parameter '" + std::string(parameter.name) +
                    "' is specified more than once.");
        if (!parameter.is_switch && argument.values.empty())
            throw cmdlet_error(
                std::string(cmdlet),
                "Missing an argument for parameter '" + std::string(parameter.name) + "'.");
        // A switch takes no value: the word after it is by position.
        if (parameter.is_switch)
            loose.insert(loose.end(), argument.values.begin(), argument.values.end());
        bound.add(
            parameter.name, parameter.is_switch ? std::vector<std::string>{} : argument.values);
    }
    if (!loose.empty()) {
        const cmdlet_parameter* parameter = positional_parameter(parameters);
        if (parameter == nullptr || bound.has(parameter->name))
            throw cmdlet_error(
                std::string(cmdlet),
                "A positional parameter cannot be found that accepts argument '" + loose.front() +
                    "'.");
        bound.add(parameter->name, std::move(loose));
    }
    require_mandatory(cmdlet, bound, parameters);
    return bound;
}

const std::string* bound_arguments::text(std::string_view name) const
{
    const std::vector<std::string>& all = values(name);
    return all.empty() ? nullptr : &all.front();
}

const std::vector<std::string>& bound_arguments::values(std::string_view name) const
{
    static const std::vector<std::string> none;
    for (const auto& [known, all] : values_)
        if (known == name)
            return all;
    return none;
}

bool bound_arguments::has(std::string_view name) const
{
    return std::any_of(
        values_.begin(), values_.end(), [name](const auto& entry) { return entry.first == name; });
}

void bound_arguments::add(std::string_view name, std::vector<std::string> values)
{
    values_.emplace_back(name, std::move(values));
}

bool parse_boolean(std::string_view cmdlet, std::string_view parameter, const std::string& text)
{
    if (same_name(text, "$true") || text == "1")
        return true;
    if (same_name(text, "$false") || text == "0")
        return false;
    throw cmdlet_error(
        std::string(cmdlet),
        "Cannot process argument transformation on parameter '" + std::string(parameter) +
            "'. Cannot convert value \"" + text +
            "\" to type \"System.Boolean\". Boolean parameters accept only $true, $false, 1 or 0.");
}

bool same_name(std::string_view one, std::string_view other)
{
    return std::equal(
        one.begin(), one.end(), other.begin(), other.end(), [](char left, char right) {
            return lower(left) == lower(right);
        });
}

} // namespace cli
