#pragma once

#include "bus/protocol.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who may do what on the bus. What is not listed is refused.
namespace bus {

struct role {
    std::string name;
    std::vector<std::string> append; ///< event types, whole
    bool content_read = false;
    bool content_write = false;          ///< put, discard, and name in an append
    std::vector<std::string> slots_read; ///< what stands before the slash of slot names
    std::vector<std::string> slots_write;
    std::vector<std::string> slots_erase;
};

/// Every listed role may follow the whole log; what it may do beyond is asked here.
class access {
public:
    explicit access(std::vector<role> roles);

    bool knows(std::string_view role) const;
    /// Anything at all: no role that only follows and reads.
    std::optional<refusal> may_write(std::string_view role) const;
    std::optional<refusal> may_append(std::string_view role, const append_request& batch) const;
    std::optional<refusal> may_read_content(std::string_view role) const;
    std::optional<refusal> may_write_content(std::string_view role) const;
    std::optional<refusal> may_read_slots(std::string_view role, const slot_request& wish) const;
    std::optional<refusal> may_erase_slots(std::string_view role, const slot_request& wish) const;

private:
    const role* find(std::string_view name) const;

    std::map<std::string, role, std::less<>> roles_;
};

} // namespace bus
