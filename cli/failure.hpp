#pragma once

#include <stdexcept>
#include <string>

namespace cli {

/// Exit codes of every command.
enum class exit_code {
    ok = 0,
    failed = 1, ///< it failed, was refused, or did not come true in time
    wrong_arguments = 2,
    nothing_running = 3 ///< no sealpost runs on that state directory
};

/// Ends a command. The text is for people: what is wrong and what to do about it.
class failure : public std::runtime_error {
public:
    explicit failure(const std::string& text, exit_code code = exit_code::failed)
        : std::runtime_error(text), code_(code)
    {}
    exit_code code() const { return code_; }

private:
    exit_code code_;
};

} // namespace cli
