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
    explicit content_puts(std::shared_ptr<connection> connection);

    boost::asio::awaitable<boost::system::error_code> put(
        std::string content, std::uint32_t index, std::string octets);
    void forget(const std::string& content) { puts_.erase(content); }

    /// The first failure of a chunk of these contents.
    boost::system::error_code failure(const std::vector<std::string>& contents) const;
    std::vector<named_content> count(const std::vector<std::string>& contents) const;

private:
    struct state;

    std::shared_ptr<connection> connection_;
    std::map<std::string, std::shared_ptr<state>> puts_;
};

} // namespace bus
