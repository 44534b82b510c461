#include "revocation/revoke_register.hpp"

#include "mail/event_fields.hpp"

#include <algorithm>
#include <utility>

namespace revocation {

namespace {

constexpr std::string_view register_form = "sealpost revokes 1";

bool covers(const mail::message_revoked& revoke, const mail::address& recipient)
{
    return revoke.recipients.empty() || std::ranges::count(revoke.recipients, recipient) > 0;
}

} // namespace

void revoke_register::apply(std::uint64_t seq, const mail::event& fact, boot_time now)
{
    if (const auto* revoked = std::get_if<mail::message_revoked>(&fact.body)) {
        const auto announced = announced_.find(fact.id);
        const boot_time began = announced == announced_.end() ? now : announced->second;
        add({seq, *revoked, began, std::nullopt});
    } else if (const auto* enforced = std::get_if<mail::revocation_enforced>(&fact.body)) {
        const auto found = revokes_.find(enforced->revoke_seq);
        if (found == revokes_.end() || found->second.enforced)
            return;
        found->second.enforced = *enforced;
        unenforced_.erase(enforced->revoke_seq);
    }
}

void revoke_register::add(revoke made)
{
    if (!made.enforced)
        unenforced_.insert(made.seq);
    of_message_[made.revoked.message].push_back(made.seq);
    const std::uint64_t seq = made.seq;
    revokes_.emplace(seq, std::move(made));
}

void revoke_register::write(const mail::octet_sink& to) const
{
    mail::state_writer fields(to);
    fields.constant(register_form);
    fields.each(revokes_, [](auto& in, const auto& each) {
        const revoke& known = each.second;
        in.count("seq", known.seq);
        describe(in, known.revoked);
        in.flag("is_enforced", known.enforced.has_value());
        if (known.enforced)
            describe(in, *known.enforced);
    });
    fields.finish();
}

revoke_register revoke_register::read(std::string_view octets, boot_time now)
{
    mail::state_reader fields(octets);
    fields.constant(register_form);
    std::vector<revoke> all;
    fields.each(all, [now](auto& in, revoke& known) {
        known.began = now;
        in.count("seq", known.seq);
        describe(in, known.revoked);
        bool is_enforced = false;
        in.flag("is_enforced", is_enforced);
        if (is_enforced)
            describe(in, known.enforced.emplace());
    });
    fields.finish();
    revoke_register result;
    for (revoke& each : all)
        result.add(std::move(each));
    return result;
}

const revoke_register::revoke* revoke_register::find(std::uint64_t seq) const
{
    const auto found = revokes_.find(seq);
    return found == revokes_.end() ? nullptr : &found->second;
}

bool revoke_register::is_enforced(std::uint64_t seq) const
{
    const revoke* found = find(seq);
    return found && found->enforced;
}

std::vector<std::uint64_t> revoke_register::latest(
    const mail::network_message_id& message, const std::vector<mail::address>& recipients) const
{
    const auto found = of_message_.find(message);
    if (found == of_message_.end())
        return {};
    const std::vector<std::uint64_t>& seqs = found->second;
    if (recipients.empty())
        return {seqs.back()};
    std::set<std::uint64_t> wanted;
    for (const mail::address& recipient : recipients) {
        const auto last = std::find_if(seqs.rbegin(), seqs.rend(), [&](std::uint64_t seq) {
            return covers(revokes_.at(seq).revoked, recipient);
        });
        if (last != seqs.rend())
            wanted.insert(*last);
    }
    return {wanted.begin(), wanted.end()};
}

std::vector<std::uint64_t> revoke_register::unenforced() const
{
    return {unenforced_.begin(), unenforced_.end()};
}

} // namespace revocation
