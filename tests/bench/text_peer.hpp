#pragma once

#include "tests/bench/stopwatch.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace bench {

/// A blocking connection to a server of a protocol of lines, such as Redis's and NATS's. Throws
/// std::runtime_error when it is lost.
class text_peer {
public:
    explicit text_peer(std::uint16_t port); ///< on 127.0.0.1
    ~text_peer();
    text_peer(const text_peer&) = delete;
    text_peer& operator=(const text_peer&) = delete;

    /// Waits for flush().
    void say(std::string_view octets) { out_ += octets; }
    void flush();
    /// The next line, without CR LF; good until the next call.
    std::string_view line();
    /// The next octets; the CR LF behind them is taken too.
    std::string_view octets(std::size_t size);
    /// Something that arrived has not been read yet.
    bool arrived() const { return place_ < in_.size(); }

private:
    void receive();

    int socket_;
    std::string out_;
    std::string in_;
    std::size_t place_ = 0;
};

/// Keeps `window` requests under way until the time is over. `ask` says one request, `take` reads
/// one answer; answers come in the order of the requests.
template <class Ask, class Take>
void keep_asking(text_peer& peer, std::size_t window, stopwatch& watch, Ask ask, Take take)
{
    std::deque<clock::time_point> under_way;
    while (!watch.over() || !under_way.empty()) {
        while (!watch.over() && under_way.size() < window) {
            ask();
            under_way.push_back(clock::now());
        }
        peer.flush();
        while (!under_way.empty()) {
            take();
            watch.note(under_way.front());
            under_way.pop_front();
            if (!peer.arrived())
                break;
        }
    }
}

} // namespace bench
