#include "bus/access.hpp"

#include <algorithm>
#include <utility>

namespace bus {
namespace {

bool lists(const std::vector<std::string>& allowed, std::string_view wanted)
{
    return std::find(allowed.begin(), allowed.end(), wanted) != allowed.end();
}

/// A name without a slash has no prefix, and nobody may touch it.
bool lists_prefix_of(const std::vector<std::string>& allowed, std::string_view slot_name)
{
    const std::size_t slash = slot_name.find('/');
    return slash != std::string_view::npos && lists(allowed, slot_name.substr(0, slash));
}

refusal refuse(std::string_view role, std::string what)
{
    return {wire_error::refused, "role " + std::string{role} + " may not " + std::move(what)};
}

} // namespace

access::access(std::vector<role> roles)
{
    for (role& next : roles) {
        std::string name = next.name;
        roles_.emplace(std::move(name), std::move(next));
    }
}

const role* access::find(std::string_view name) const
{
    const auto found = roles_.find(name);
    return found == roles_.end() ? nullptr : &found->second;
}

bool access::knows(std::string_view role) const
{
    return find(role) != nullptr;
}

std::optional<refusal> access::may_write(std::string_view name) const
{
    const role* who = find(name);
    if (who == nullptr || (who->append.empty() && !who->content_write && who->slots_write.empty() &&
                           who->slots_erase.empty()))
        return refuse(name, "write");
    return std::nullopt;
}

std::optional<refusal> access::may_append(std::string_view name, const append_request& batch) const
{
    const role* who = find(name);
    for (const event& fact : batch.events)
        if (who == nullptr || !lists(who->append, fact.type))
            return refuse(name, "append " + fact.type);
    if (!batch.contents.empty())
        if (auto refused = may_write_content(name))
            return refused;
    for (const key_slot& slot : batch.slots)
        if (who == nullptr || !lists_prefix_of(who->slots_write, slot.name))
            return refuse(name, "write slot " + slot.name);
    return std::nullopt;
}

std::optional<refusal> access::may_read_content(std::string_view name) const
{
    const role* who = find(name);
    if (who == nullptr || !who->content_read)
        return refuse(name, "read contents");
    return std::nullopt;
}

std::optional<refusal> access::may_write_content(std::string_view name) const
{
    const role* who = find(name);
    if (who == nullptr || !who->content_write)
        return refuse(name, "write contents");
    return std::nullopt;
}

std::optional<refusal> access::may_read_slots(std::string_view name, const slot_request& wish) const
{
    const role* who = find(name);
    for (const std::string& slot : wish.names)
        if (who == nullptr || !lists_prefix_of(who->slots_read, slot))
            return refuse(name, "read slot " + slot);
    return std::nullopt;
}

std::optional<refusal> access::may_erase_slots(
    std::string_view name, const slot_request& wish) const
{
    const role* who = find(name);
    for (const std::string& slot : wish.names)
        if (who == nullptr || !lists_prefix_of(who->slots_erase, slot))
            return refuse(name, "erase slot " + slot);
    return std::nullopt;
}

} // namespace bus
