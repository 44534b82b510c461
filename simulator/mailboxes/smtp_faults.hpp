#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

enum class smtp_stage { mail, rcpt, data };
std::string_view to_text(smtp_stage);
std::optional<smtp_stage> parse_stage(std::string_view text);

/// What goes wrong on purpose: a delay, then a reply or a cut connection, or nothing more.
struct smtp_fault {
    std::string
        address; ///< lower case, or "*": the sender at `mail`, a recipient at `rcpt` and `data`
    smtp_stage stage = smtp_stage::rcpt;
    int code = 0; ///< 400 to 599; 0: no reply of its own
    std::string enhanced;
    std::string text;
    std::uint64_t count = 0; ///< how often it still happens; 0: for ever
    bool disconnect = false; ///< cut the connection instead of replying
    std::chrono::milliseconds delay{0};
};

/// The faults to come, set by a script. The first that fits happens.
class fault_script {
public:
    void replace(std::vector<smtp_fault> faults) { faults_ = std::move(faults); }
    const std::vector<smtp_fault>& faults() const { return faults_; }

    /// The fault for this moment, counted down and dropped when used up; nullopt: all goes well.
    std::optional<smtp_fault> take(smtp_stage stage, const std::vector<std::string>& addresses);

private:
    std::vector<smtp_fault> faults_;
};

} // namespace simulator
