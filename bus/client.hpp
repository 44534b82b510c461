#pragma once

#include "bus/errc.hpp"
#include "bus/event.hpp"
#include "bus/locked_octets.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace service {
class log;
}

namespace bus {

class connection;
class content_puts;

struct client_settings {
    std::string endpoint;          ///< "ipc:///…/bus.sock" or "tcp://127.0.0.1:5599"
    std::string server_public_key; ///< CURVE, Z85, 40 characters
    std::string public_key;        ///< our pair, which the broker maps to a role
    locked_octets secret_key;
    std::chrono::milliseconds timeout{3000}; ///< of one request; then errc::unknown_outcome
};

struct head {
    std::string log_id;
    std::uint64_t seq = 0;
    bus::hash own{};
};

template <class T>
struct result {
    boost::system::error_code error; ///< set: `value` is empty
    T value{};
    explicit operator bool() const { return !error; }
};

/// The next chunk of a content at each call, one call at a time; errc::not_found after the last.
/// Lives longer than the call.
using chunk_source = std::function<boost::asio::awaitable<result<std::string>>()>;

/// A connection to the broker that makes itself anew: hello, subscriptions, keep-alive. All calls
/// from the one thread of its executor; the client outlives every coroutine that uses it. Nothing
/// is re-sent unless the caller does.
class client {
public:
    client(boost::asio::any_io_executor executor, client_settings settings, service::log& log);
    ~client();
    /// Ends the connection for good, so that every coroutine that waits here comes back.
    void close();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    /// Connected and greeted just now; false fails fast with errc::unavailable everywhere.
    bool connected() const;
    /// Waits until connected.
    boost::asio::awaitable<void> ready();

    /// Seqs of the events, in order, once they are on disk. A repeat gives the first seqs. Of more
    /// than 256 KiB, it waits until the broker has room for it; errc::unavailable after 30 s.
    boost::asio::awaitable<result<std::vector<std::uint64_t>>> append(append_batch batch);
    boost::asio::awaitable<result<bus::head>> head();

    /// Puts sealed chunks of at most 128 KiB, from index 0. Returns once there is room for more (of
    /// the broker's share for this client, 8 MiB at most; one chunk a content always may be), so a
    /// slow disk slows the caller. Chunks are surely on disk when the append that names the content
    /// is acknowledged.
    boost::asio::awaitable<boost::system::error_code> put_chunk(
        const std::string& content, std::uint32_t index, std::string octets);
    /// Drops a content that no event names.
    boost::asio::awaitable<void> discard(const std::string& content);

    /// From chunk 0 on, with up to 16 chunks on the way ahead of the one asked for.
    chunk_source read_content(std::string content);
    boost::asio::awaitable<result<std::string>> get_slot(
        const std::string& content, const std::string& name);
    /// Overwrites the slots' cells; a missing one is no error.
    boost::asio::awaitable<boost::system::error_code> erase_slots(
        const std::string& content, std::vector<std::string> names);

    /// Every event from `from` on, in order, none missing and none twice, until cancelled or until
    /// `stop_after` was handled. Across reconnects it resumes where it was, and refuses
    /// (errc::different_log) a log that is shorter than, or differs from, what it has handled; ends
    /// with errc::damaged where the next event is not what was written.
    /// `known` is the hash of event `from` - 1 (zeros when from is 1). `handle` is called on the
    /// client's executor.
    boost::asio::awaitable<boost::system::error_code> subscribe(
        std::uint64_t from,
        bus::hash known,
        std::function<void(const stored_event&)> handle,
        std::optional<std::uint64_t> stop_after = std::nullopt);

    /// Events handed over, and the log id of the broker once connected.
    const std::string& log_id() const;
    /// The log that the broker's was imported from, once connected; empty: it is a log of its own.
    const std::string& origin() const;
    /// It was imported: this process may follow and must do nothing else.
    bool follow_only() const { return !origin().empty(); }

private:
    std::shared_ptr<connection> connection_; ///< shared with the coroutines that run it
    std::unique_ptr<content_puts> puts_;
};

} // namespace bus
