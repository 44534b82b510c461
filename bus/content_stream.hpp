#pragma once

#include "bus/client.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace bus {

class connection;

/// Reads a content from chunk 0 on, and has the next chunks on the way while one is handled: the
/// first alone, since most contents are small, then twice as many each time, up to `most_ahead`.
class content_stream : public std::enable_shared_from_this<content_stream> {
public:
    static constexpr std::uint32_t most_ahead = 16; ///< chunks asked for and not handed over yet

    content_stream(std::shared_ptr<connection> link, std::string content);

    /// The next chunk; errc::not_found after the last. What failed once fails for good. One call at
    /// a time.
    boost::asio::awaitable<result<std::string>> next();

private:
    struct chunk;

    void ask_ahead();
    std::shared_ptr<chunk> ask(std::uint32_t index);

    std::shared_ptr<connection> link_;
    std::string content_;
    std::uint32_t index_ = 0; ///< of the chunk to be asked for next
    std::uint32_t ahead_ = 1;
    std::deque<std::shared_ptr<chunk>> asked_; ///< in their order
    boost::system::error_code failed_;
};

} // namespace bus
