#include "bus/append_batch.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace bus {
namespace {

refusal invalid(std::string text)
{
    return {wire_error::invalid, std::move(text)};
}

bool is_name(std::string_view text, std::size_t longest)
{
    const auto printable = [](char octet) { return octet > ' ' && octet != '\x7f'; };
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), printable);
}

std::optional<refusal> check_slot(const key_slot& slot)
{
    // Names hold addresses, which may hold any octet of UTF-8.
    if (slot.content.empty() || slot.content.size() > limit::content_id)
        return invalid("a content id has 1 to 64 octets");
    if (slot.name.empty() || slot.name.size() > limit::slot_name)
        return invalid("a slot name has 1 to 400 octets");
    if (slot.sealed.empty() || slot.sealed.size() > limit::sealed_slot)
        return invalid("slot " + slot.name + ": 1 to 4096 octets are allowed");
    return std::nullopt;
}

std::optional<refusal> check_counts(const append_request& batch)
{
    if (batch.events.empty() || batch.events.size() > limit::events)
        return invalid("an append has 1 to 256 events");
    if (batch.slots.size() > limit::slots)
        return invalid("an append has at most 1024 slots");
    if (batch.contents.size() > limit::contents)
        return invalid("an append names at most 64 contents");
    std::size_t octets = 0;
    for (const event& fact : batch.events)
        octets += fact.id.size() + fact.type.size() + fact.payload.size() + 12;
    for (const key_slot& slot : batch.slots)
        octets += slot.content.size() + slot.name.size() + slot.sealed.size() + 12;
    if (octets > limit::body - limit::contents * (limit::content_id + 8) - 12)
        return invalid("an append has at most 4 MiB");
    return std::nullopt;
}

std::optional<refusal> check_contents(
    const append_request& batch, std::string_view role, stored_facts& stored)
{
    for (const named_content& named : batch.contents) {
        const auto known = stored.find_content(named.content);
        if (!known)
            return invalid("content " + named.content + " was not put");
        if (known->named)
            continue;
        if (known->role != role)
            return refusal{wire_error::refused, "content " + named.content + " is another role's"};
        if (known->chunks == 0 || known->chunks != named.chunks)
            return invalid(
                "content " + named.content + " is not whole: " + std::to_string(known->chunks) +
                " of " + std::to_string(named.chunks) + " chunks are here");
    }
    return std::nullopt;
}

std::optional<refusal> check_slots(const append_request& batch, stored_facts& stored)
{
    for (const key_slot& slot : batch.slots) {
        const auto names_it = [&slot](const named_content& named) {
            return named.content == slot.content;
        };
        if (std::none_of(batch.contents.begin(), batch.contents.end(), names_it)) {
            const auto known = stored.find_content(slot.content);
            if (!known || !known->named)
                return invalid("slot " + slot.name + " belongs to no content that an event names");
        }
        if (stored.slot_exists(slot.content, slot.name))
            return refusal{wire_error::conflict, "slot " + slot.name + " exists"};
    }
    return std::nullopt;
}

} // namespace

std::optional<refusal> check_event(const event& fact)
{
    if (!is_name(fact.id, limit::event_id))
        return invalid("an event id has 1 to 64 printable octets");
    if (!is_name(fact.type, limit::event_type))
        return invalid("event " + fact.id + ": a type has 1 to 128 printable octets");
    if (fact.payload.size() > limit::payload)
        return invalid("event " + fact.id + ": a payload has at most 1 MiB");
    return std::nullopt;
}

std::optional<refusal> check_shape(const append_request& batch)
{
    if (auto fault = check_counts(batch))
        return fault;
    std::set<std::string_view> ids;
    for (const event& fact : batch.events) {
        if (auto fault = check_event(fact))
            return fault;
        if (!ids.insert(fact.id).second)
            return invalid("event id " + fact.id + " occurs twice in one append");
    }
    for (const named_content& named : batch.contents)
        if (!is_name(named.content, limit::content_id))
            return invalid("a content id has 1 to 64 printable octets");
    std::set<std::pair<std::string_view, std::string_view>> names;
    for (const key_slot& slot : batch.slots) {
        if (auto fault = check_slot(slot))
            return fault;
        if (!names.emplace(slot.content, slot.name).second)
            return invalid("slot " + slot.name + " occurs twice in one append");
    }
    return std::nullopt;
}

append_decision decide_append(
    const append_request& batch, std::string_view role, stored_facts& stored)
{
    append_decision decision;
    decision.repeat = true;
    for (const event& fact : batch.events) {
        const auto known = stored.find_event(fact);
        if (known && !known->same) {
            decision.refused = {
                wire_error::conflict,
                "event id " + fact.id + " stands in the log with another payload"};
            return decision;
        }
        decision.seqs.push_back(known ? known->seq : 0);
        decision.repeat = decision.repeat && known.has_value();
    }
    if (!decision.repeat)
        decision.refused = check_contents(batch, role, stored);
    if (!decision.repeat && !decision.refused)
        decision.refused = check_slots(batch, stored);
    return decision;
}

} // namespace bus
