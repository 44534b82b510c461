#include "bus/broker.hpp"

#include <array>
#include <utility>

/// What the broker does for each verb of docs/bus-protocol.md.
namespace bus {

const broker::known_verb* broker::find_verb(std::string_view wanted)
{
    static constexpr std::array<known_verb, 13> table{{
        {verb::hello, &broker::take_hello, false},
        {verb::append, &broker::take_append, true},
        {verb::subscribe, &broker::take_subscribe, false},
        {verb::credit, &broker::take_credit, false},
        {verb::cancel, &broker::take_cancel, false},
        {verb::head, &broker::take_head, false},
        {verb::room, &broker::take_room, true},
        {verb::share, &broker::take_share, true},
        {verb::put, &broker::take_put, true},
        {verb::get, &broker::take_get, false},
        {verb::discard, &broker::take_discard, true},
        {verb::slot_get, &broker::take_slot_get, false},
        {verb::slot_erase, &broker::take_slot_erase, true},
    }};
    for (const known_verb& known : table)
        if (known.verb == wanted)
            return &known;
    return nullptr;
}

void broker::take_hello(const caller& who, const packet&)
{
    caller greeted = who;
    greeted.addressed = identity_;
    greeting welcome{head_.seq, head_.own, who.role, {}};
    if (const auto& origin = log_.origin())
        welcome.origin.assign(origin->begin(), origin->end());
    answer(greeted, {std::nullopt, encode(welcome)});
}

void broker::take_append(const caller& who, const packet& asked)
{
    append_request batch = decode_append(asked.body);
    if (auto refused = access_.may_append(who.role, batch))
        return answer(who, {std::move(refused), {}});
    auto write = [role = who.role, batch = std::move(batch)](journal& log) mutable {
        append_outcome outcome = log.append(role, std::move(batch));
        return reply{std::move(outcome.refused), encode_seqs(outcome.seqs)};
    };
    writer_.queue(asked.body.size(), std::move(write), answer_to(who));
}

void broker::take_subscribe(const caller& who, const packet& asked)
{
    const subscribe_request wish = decode_subscribe(asked.body);
    if (wish.from == 0)
        return answer(who, {refusal{wire_error::invalid, "the first event is 1"}, {}});
    const auto told = [this, who](std::optional<refusal> refused) {
        answer(who, {std::move(refused), octet_writer{}.u64(head_.seq).take()});
    };
    feed_.subscribe({who.peer, who.request}, wish, told);
}

void broker::take_credit(const caller& who, const packet& asked)
{
    feed_.credit({who.peer, who.request}, decode_credit(asked.body));
}

void broker::take_cancel(const caller& who, const packet&)
{
    feed_.cancel({who.peer, who.request});
}

void broker::take_head(const caller& who, const packet&)
{
    answer(who, {std::nullopt, octet_writer{}.u64(head_.seq).raw(encode_hash(head_.own)).take()});
}

void broker::take_room(const caller& who, const packet& asked)
{
    octet_reader fields{asked.body};
    const std::uint32_t octets = fields.u32();
    fields.finish();
    if (auto refused = access_.may_write(who.role))
        return answer(who, {std::move(refused), {}});
    const auto granted = [this, who] { answer(who, {}); };
    if (!large_requests_.ask(who.peer, octets, granted))
        return answer(who, {refusal{wire_error::invalid, "no request may be so large"}, {}});
    grant_room();
}

void broker::take_share(const caller& who, const packet&)
{
    if (auto refused = access_.may_write_content(who.role))
        return answer(who, {std::move(refused), {}});
    const std::uint32_t share = put_shares_.share(who.peer, last_alive_);
    answer(who, {std::nullopt, octet_writer{}.u32(share).take()});
}

void broker::take_put(const caller& who, const packet& asked)
{
    put_request chunk = decode_put(asked.body);
    if (auto refused = access_.may_write_content(who.role))
        return answer(who, {std::move(refused), {}});
    look_at_room();
    if (!has_room_)
        return answer(who, {refusal{wire_error::disk, "no room for contents on the disk"}, {}});
    const std::uint32_t share = put_shares_.share(who.peer, last_alive_);
    auto write = [role = who.role, chunk = std::move(chunk), share](journal& log) {
        return reply{log.put(role, chunk), octet_writer{}.u32(share).take()};
    };
    writer_.queue(asked.body.size(), std::move(write), answer_to(who));
}

void broker::take_get(const caller& who, const packet& asked)
{
    const get_request wish = decode_get(asked.body);
    if (auto refused = access_.may_read_content(who.role))
        return answer(who, {std::move(refused), {}});
    const auto read = [wish](journal_reader& log) { return log.chunk(wish); };
    read_in_turn(who, limit::chunk, read, "no such chunk");
}

void broker::take_discard(const caller& who, const packet& asked)
{
    const std::string content = decode_content(asked.body);
    if (auto refused = access_.may_write_content(who.role))
        return answer(who, {std::move(refused), {}});
    const auto write = [role = who.role, content](journal& log) {
        return reply{log.discard(role, content), {}};
    };
    writer_.queue(asked.body.size(), write, answer_to(who));
}

void broker::take_slot_get(const caller& who, const packet& asked)
{
    const slot_request wish = decode_slots(asked.body);
    if (wish.names.size() != 1)
        return answer(who, {refusal{wire_error::invalid, "slot-get is for one slot"}, {}});
    if (auto refused = access_.may_read_slots(who.role, wish))
        return answer(who, {std::move(refused), {}});
    const auto read = [wish](journal_reader& log) { return log.slot(wish.content, wish.names[0]); };
    read_in_turn(who, limit::sealed_slot, read, "no such slot");
}

void broker::read_in_turn(
    const caller& who,
    std::size_t most_octets,
    std::function<std::optional<std::string>(journal_reader&)> read,
    std::string_view missing)
{
    const auto begin = [this, who, read = std::move(read), missing](reads_in_turn::share share) {
        caller sharing = who;
        sharing.share = std::move(share);
        const auto work = [read, missing, told = answer_to(sharing)](journal_reader& log) {
            std::optional<std::string> octets = read(log);
            reply found;
            if (octets)
                found.body = std::move(*octets);
            else
                found.refused = refusal{wire_error::not_found, std::string{missing}};
            return std::function<void()>{
                [told, found = std::move(found)]() mutable { told(std::move(found)); }};
        };
        reader_.ask(work, refuse_to(sharing));
    };
    if (!reads_.ask(who.peer, most_octets, begin))
        answer(who, {refusal{wire_error::invalid, "too many reads of this connection wait"}, {}});
}

void broker::take_slot_erase(const caller& who, const packet& asked)
{
    slot_request wish = decode_slots(asked.body);
    if (auto refused = access_.may_erase_slots(who.role, wish))
        return answer(who, {std::move(refused), {}});
    const auto write = [wish = std::move(wish)](journal& log) {
        log.erase_slots(wish);
        return reply{};
    };
    writer_.queue(asked.body.size(), write, answer_to(who));
}

} // namespace bus
