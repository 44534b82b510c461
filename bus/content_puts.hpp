#pragma once

#include "bus/connection.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bus {

/// The contents that a client is putting: how many chunks are on the way, how many were put, and
/// whether one failed. Gives a slow disk back to the caller as waiting.
class content_puts {
public:
    // So much may be on the way, acknowledged by nobody, that the broker writes one part of it
    // while the next arrives.
    static constexpr unsigned sure_chunks = 16; ///< of each content
    /// Of all contents. What is more than the sure chunks has to be within the share that the
    /// broker told with its last answer, too.
    static constexpr std::size_t most_octets = 8UL * 1024 * 1024;

    explicit content_puts(std::shared_ptr<connection> connection);

    boost::asio::awaitable<boost::system::error_code> put(
        std::string content, std::uint32_t index, std::string octets);
    void forget(const std::string& content) { puts_.erase(content); }

    /// The first failure of a chunk of these contents.
    boost::system::error_code failure(const std::vector<std::string>& contents) const;
    std::vector<named_content> count(const std::vector<std::string>& contents) const;

private:
    struct state;
    struct traffic;

    std::shared_ptr<connection> connection_;
    std::shared_ptr<traffic> traffic_; ///< shared with the callbacks
    std::map<std::string, std::shared_ptr<state>> puts_;
};

} // namespace bus
