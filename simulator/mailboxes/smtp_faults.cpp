#include "simulator/mailboxes/smtp_faults.hpp"

#include <algorithm>
#include <array>

namespace simulator {

namespace {

constexpr std::array<std::string_view, 3> names{"mail", "rcpt", "data"};

bool fits(const smtp_fault& fault, smtp_stage stage, const std::vector<std::string>& addresses)
{
    return fault.stage == stage &&
           (fault.address == "*" || std::ranges::count(addresses, fault.address) > 0);
}

} // namespace

std::string_view to_text(smtp_stage stage)
{
    return names.at(static_cast<std::size_t>(stage));
}

std::optional<smtp_stage> parse_stage(std::string_view text)
{
    const auto found = std::ranges::find(names, text);
    if (found == names.end())
        return std::nullopt;
    return static_cast<smtp_stage>(found - names.begin());
}

std::optional<smtp_fault> fault_script::take(
    smtp_stage stage, const std::vector<std::string>& addresses)
{
    const auto found = std::ranges::find_if(
        faults_, [&](const smtp_fault& each) { return fits(each, stage, addresses); });
    if (found == faults_.end())
        return std::nullopt;
    const smtp_fault happens = *found;
    if (found->count == 1)
        faults_.erase(found);
    else if (found->count > 1)
        --found->count;
    return happens;
}

} // namespace simulator
