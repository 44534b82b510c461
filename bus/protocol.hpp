#pragma once

#include "bus/chain.hpp"
#include "bus/event.hpp"
#include "bus/octets.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What client and broker say to each other; docs/bus-protocol.md holds the same for people.
/// Everything decoded here may come from an enemy that has a key.
namespace bus {

/// First frame of every packet; another number is another protocol.
constexpr std::string_view protocol_name = "SP1";

namespace verb {
constexpr std::string_view hello = "hello";
constexpr std::string_view append = "append";
constexpr std::string_view subscribe = "subscribe";
constexpr std::string_view credit = "credit";
constexpr std::string_view cancel = "cancel";
constexpr std::string_view head = "head";
constexpr std::string_view room = "room";
constexpr std::string_view share = "share";
constexpr std::string_view put = "put";
constexpr std::string_view get = "get";
constexpr std::string_view discard = "discard";
constexpr std::string_view slot_get = "slot-get";
constexpr std::string_view slot_erase = "slot-erase";
// From the broker:
constexpr std::string_view ok = "ok";
constexpr std::string_view error = "error";
constexpr std::string_view events = "events";
constexpr std::string_view end = "end";
} // namespace verb

namespace limit {
constexpr std::size_t event_id = 64;
constexpr std::size_t event_type = 128;
constexpr std::size_t payload = 1024 * 1024;
constexpr std::size_t content_id = 64;
constexpr std::size_t slot_name = 400; ///< prefix, slash, address
constexpr std::size_t sealed_slot = 4096;
constexpr std::size_t chunk = 128 * 1024;
constexpr std::uint32_t chunks = 1U << 20; ///< of one content
constexpr std::uint32_t events = 256;      ///< of one append, and of one packet of events
constexpr std::uint32_t slots = 1024;      ///< of one append or erase
constexpr std::uint32_t contents = 64;     ///< of one append
constexpr std::size_t verb = 16;
constexpr std::size_t body = 4 * 1024 * 1024;
constexpr std::size_t frame = body + 1024; ///< a bundle of one packet with the longest body
constexpr std::uint32_t packets = 256;     ///< of one bundle
constexpr std::uint32_t window = 4096;     ///< events that a subscription may have on the way
constexpr std::size_t subscriptions = 16;  ///< of one connection
/// A longer body is sent when the broker has said that there is room.
constexpr std::size_t without_room = 256 * 1024;
constexpr std::size_t waiting_rooms = 4096; ///< of one connection
constexpr std::size_t waiting_reads = 8192; ///< `get` and `slot-get` of one connection
constexpr std::size_t waiting_reads_of_all = 16'384;
constexpr std::size_t sure_reads = 1024; ///< of one connection, however many wait of others
constexpr std::size_t error_text = 1024;
} // namespace limit

/// Why the broker did not do what was asked; on the wire one octet.
enum class wire_error : std::uint8_t {
    stale = 1, ///< meant for another broker or incarnation: say hello again
    refused = 2,
    conflict = 3,
    not_found = 4,
    invalid = 5,
    different_log = 6,
    disk = 7,
    late = 8, ///< it waited too long in the broker and was dropped undone
    follow_only = 9,
    damaged = 10 ///< what the broker has on its disk is not what was written
};

struct refusal {
    wire_error code{};
    std::string text;
};

/// Log id and incarnation, 16 octets each: who a request is for.
using broker_id = std::array<std::uint8_t, 32>;

struct packet {
    std::string verb;
    std::uint64_t request =
        0; ///< chosen by the client; answers and events of a subscription repeat it
    broker_id broker{};
    std::string body;
};

std::string encode(const refusal& why);
refusal decode_refusal(std::string_view body);

struct greeting {
    std::uint64_t seq = 0; ///< the log's last
    hash own{};
    std::string role; ///< what the client's key stands for
    /// Id of the log that this one was imported from, 16 octets; empty: a log of its own. With an
    /// origin it is follow-only: the broker writes nothing.
    std::string origin;
};
std::string encode(const greeting& welcome);
greeting decode_greeting(std::string_view body);

struct named_content {
    std::string content;
    std::uint32_t chunks = 0; ///< that the client has put; 0: it does not know any more
};

struct append_request {
    std::vector<event> events;
    std::vector<named_content> contents;
    std::vector<key_slot> slots;
};
std::string encode(const append_request& batch);
append_request decode_append(std::string_view body);

std::string encode_seqs(const std::vector<std::uint64_t>& seqs);
std::vector<std::uint64_t> decode_seqs(std::string_view body);

struct subscribe_request {
    std::uint64_t from = 1;
    hash known{}; ///< of event `from` - 1
    std::uint32_t window = 0;
};
std::string encode(const subscribe_request& wish);
subscribe_request decode_subscribe(std::string_view body);

struct credit_request {
    std::uint64_t handled = 0; ///< the client is through with every event up to this one
    std::uint32_t window = 0;  ///< and takes this many beyond
};
std::string encode(const credit_request& credit);
credit_request decode_credit(std::string_view body);

struct put_request {
    std::string content;
    std::uint32_t index = 0;
    std::string octets;
};
std::string encode(const put_request& put);
put_request decode_put(std::string_view body);

struct get_request {
    std::string content;
    std::uint32_t index = 0;
};
std::string encode(const get_request& wish);
get_request decode_get(std::string_view body);

std::string encode_content(std::string_view content);
std::string decode_content(std::string_view body);

struct slot_request {
    std::string content;
    std::vector<std::string> names; ///< one for slot-get
};
std::string encode(const slot_request& wish);
slot_request decode_slots(std::string_view body);

/// What the hash of an event is of, after the hash of the event before.
void encode_fields(octet_writer& into, const event_view& fact);
/// The fields, then the hash.
void encode_event(octet_writer& into, const event_view& fact, const hash& own);
void encode_event(octet_writer& into, const stored_event& fact);
/// `prev` is not on the wire: the reader has it from the event before.
stored_event decode_event(octet_reader& from);
/// The same without a copy: views into what is read.
event_view decode_event(octet_reader& from, chain_link& link);

std::string encode_hash(const hash& value);
hash decode_hash(octet_reader& from);

} // namespace bus
