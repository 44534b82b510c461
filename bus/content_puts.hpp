#pragma once

#include "bus/connection.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bus {

/// The contents that a client is putting: how many chunks are on the way, how many were put, and
/// whether one failed. Gives a slow disk back to the caller as waiting.
class content_puts {
public:
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    // What is on the way, acknowledged by nobody, is within the share that the broker told with its
    // last answer, but for one chunk of each content, so that it goes on.
    static constexpr std::size_t most_octets = 8UL * 1024 * 1024; ///< of all contents
    /// Until the broker has told one: so little that many who begin at once do not fill it.
    static constexpr std::size_t first_share = 256UL * 1024;
    /// Then others may have begun to put.
    static constexpr std::chrono::milliseconds share_holds{1000};

    explicit content_puts(
        std::shared_ptr<connection> connection, clock now = std::chrono::steady_clock::now);

    boost::asio::awaitable<boost::system::error_code> put(
        std::string content, std::uint32_t index, std::string octets);
    void forget(const std::string& content) { puts_.erase(content); }

    /// The first failure of a chunk of these contents.
    boost::system::error_code failure(const std::vector<std::string>& contents) const;
    std::vector<named_content> count(const std::vector<std::string>& contents) const;

private:
    struct state;
    struct traffic;

    /// Told at once, while an acknowledgement waits for the disk.
    void ask_for_share();

    std::shared_ptr<connection> connection_;
    std::shared_ptr<traffic> traffic_; ///< shared with the callbacks
    std::map<std::string, std::shared_ptr<state>> puts_;
};

} // namespace bus
