#include "bus/protocol.hpp"

#include <algorithm>
#include <utility>

namespace bus {
namespace {

/// Hashes and broker ids: both have 32 octets.
std::string_view view(const std::array<std::uint8_t, 32>& value)
{
    return {reinterpret_cast<const char*>(value.data()), value.size()};
}

void decode_new_event(octet_reader& fields, event& into)
{
    into.id = fields.text(limit::event_id);
    into.type = fields.text(limit::event_type);
    into.payload = fields.text(limit::payload);
}

} // namespace

std::string encode_hash(const hash& value)
{
    return std::string{view(value)};
}

hash decode_hash(octet_reader& from)
{
    hash value;
    const std::string_view octets = from.raw(value.size());
    std::copy(octets.begin(), octets.end(), value.begin());
    return value;
}

std::string encode(const refusal& why)
{
    const std::string_view text = std::string_view{why.text}.substr(0, limit::error_text);
    return octet_writer{}.u8(static_cast<std::uint8_t>(why.code)).text(text).take();
}

refusal decode_refusal(std::string_view body)
{
    octet_reader fields{body};
    refusal why;
    why.code = static_cast<wire_error>(fields.u8());
    why.text = fields.text(limit::error_text);
    return why;
}

std::string encode(const greeting& welcome)
{
    octet_writer body;
    body.u64(welcome.seq).raw(view(welcome.own)).text(welcome.role).text(welcome.origin);
    return body.take();
}

greeting decode_greeting(std::string_view body)
{
    octet_reader fields{body};
    greeting welcome;
    welcome.seq = fields.u64();
    welcome.own = decode_hash(fields);
    welcome.role = fields.text(limit::error_text);
    welcome.origin = fields.text(16);
    return welcome;
}

std::string encode(const append_request& batch)
{
    octet_writer body;
    for (const event& fact : batch.events)
        body.expect(64 + fact.id.size() + fact.type.size() + fact.payload.size());
    body.u32(static_cast<std::uint32_t>(batch.events.size()));
    for (const event& fact : batch.events)
        body.text(fact.id).text(fact.type).text(fact.payload);
    body.u32(static_cast<std::uint32_t>(batch.contents.size()));
    for (const named_content& named : batch.contents)
        body.text(named.content).u32(named.chunks);
    body.u32(static_cast<std::uint32_t>(batch.slots.size()));
    for (const key_slot& slot : batch.slots)
        body.text(slot.content).text(slot.name).text(slot.sealed);
    return body.take();
}

append_request decode_append(std::string_view body)
{
    octet_reader fields{body};
    append_request batch;
    for (std::uint32_t left = fields.count(limit::events); left > 0; --left)
        decode_new_event(fields, batch.events.emplace_back());
    for (std::uint32_t left = fields.count(limit::contents); left > 0; --left) {
        named_content named;
        named.content = fields.text(limit::content_id);
        named.chunks = fields.u32();
        batch.contents.push_back(std::move(named));
    }
    for (std::uint32_t left = fields.count(limit::slots); left > 0; --left) {
        key_slot slot;
        slot.content = fields.text(limit::content_id);
        slot.name = fields.text(limit::slot_name);
        slot.sealed = fields.text(limit::sealed_slot);
        batch.slots.push_back(std::move(slot));
    }
    fields.finish();
    return batch;
}

std::string encode_seqs(const std::vector<std::uint64_t>& seqs)
{
    octet_writer body;
    body.expect(4 + 8 * seqs.size());
    body.u32(static_cast<std::uint32_t>(seqs.size()));
    for (const std::uint64_t seq : seqs)
        body.u64(seq);
    return body.take();
}

std::vector<std::uint64_t> decode_seqs(std::string_view body)
{
    octet_reader fields{body};
    std::vector<std::uint64_t> seqs(fields.count(limit::events));
    for (std::uint64_t& seq : seqs)
        seq = fields.u64();
    return seqs;
}

std::string encode(const subscribe_request& wish)
{
    return octet_writer{}.u64(wish.from).raw(view(wish.known)).u32(wish.window).take();
}

subscribe_request decode_subscribe(std::string_view body)
{
    octet_reader fields{body};
    subscribe_request wish;
    wish.from = fields.u64();
    wish.known = decode_hash(fields);
    wish.window = fields.u32();
    fields.finish();
    return wish;
}

std::string encode(const credit_request& credit)
{
    return octet_writer{}.u64(credit.handled).u32(credit.window).take();
}

credit_request decode_credit(std::string_view body)
{
    octet_reader fields{body};
    credit_request credit;
    credit.handled = fields.u64();
    credit.window = fields.u32();
    fields.finish();
    return credit;
}

std::string encode(const put_request& put)
{
    return octet_writer{}.text(put.content).u32(put.index).text(put.octets).take();
}

put_request decode_put(std::string_view body)
{
    octet_reader fields{body};
    put_request put;
    put.content = fields.text(limit::content_id);
    put.index = fields.u32();
    put.octets = fields.text(limit::chunk);
    fields.finish();
    return put;
}

std::string encode(const get_request& wish)
{
    return octet_writer{}.text(wish.content).u32(wish.index).take();
}

get_request decode_get(std::string_view body)
{
    octet_reader fields{body};
    get_request wish;
    wish.content = fields.text(limit::content_id);
    wish.index = fields.u32();
    fields.finish();
    return wish;
}

std::string encode_content(std::string_view content)
{
    return octet_writer{}.text(content).take();
}

std::string decode_content(std::string_view body)
{
    octet_reader fields{body};
    std::string content{fields.text(limit::content_id)};
    fields.finish();
    return content;
}

std::string encode(const slot_request& wish)
{
    octet_writer body;
    body.text(wish.content).u32(static_cast<std::uint32_t>(wish.names.size()));
    for (const std::string& name : wish.names)
        body.text(name);
    return body.take();
}

slot_request decode_slots(std::string_view body)
{
    octet_reader fields{body};
    slot_request wish;
    wish.content = fields.text(limit::content_id);
    for (std::uint32_t left = fields.count(limit::slots); left > 0; --left)
        wish.names.emplace_back(fields.text(limit::slot_name));
    fields.finish();
    return wish;
}

void encode_fields(octet_writer& into, const event_view& fact)
{
    into.u64(fact.seq).i64(fact.time).text(fact.id).text(fact.type).text(fact.payload);
}

void encode_event(octet_writer& into, const event_view& fact, const hash& own)
{
    constexpr std::size_t fixed = 8 + 8 + 3 * 4 + sizeof own;
    into.expect(fixed + fact.id.size() + fact.type.size() + fact.payload.size());
    encode_fields(into, fact);
    into.raw(view(own));
}

void encode_event(octet_writer& into, const stored_event& fact)
{
    encode_event(into, {fact.seq, fact.time, fact.id, fact.type, fact.payload}, fact.own);
}

stored_event decode_event(octet_reader& from)
{
    chain_link link;
    const event_view seen = decode_event(from, link);
    stored_event fact;
    fact.seq = seen.seq;
    fact.time = seen.time;
    fact.id = seen.id;
    fact.type = seen.type;
    fact.payload = seen.payload;
    fact.own = link.own;
    return fact;
}

event_view decode_event(octet_reader& from, chain_link& link)
{
    const octet_reader begin = from;
    event_view fact;
    fact.seq = from.u64();
    fact.time = from.i64();
    fact.id = from.text(limit::event_id);
    fact.type = from.text(limit::event_type);
    fact.payload = from.text(limit::payload);
    link.fields = from.since(begin);
    link.own = decode_hash(from);
    return fact;
}

} // namespace bus
