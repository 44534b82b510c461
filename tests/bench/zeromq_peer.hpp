#pragma once

#include <zmq.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

/// ZeroMQ with CURVE and nothing around it: blocking calls on one thread beside ZeroMQ's own.
namespace bench {

constexpr std::size_t z85_key = 41; ///< octets of a CURVE key as text, with its end

/// What a message asks for is its first octet.
namespace ask {
constexpr char append = 'A';    ///< + octets: on disk before the answer, which has one octet
constexpr char subscribe = 'S'; ///< from now on each append's octets come by themselves
constexpr char read = 'R';      ///< + where and how many octets, in decimal
} // namespace ask

/// A message that is received. Good until the next one is received into it.
class zeromq_message {
public:
    zeromq_message() { zmq_msg_init(&message_); }
    ~zeromq_message() { zmq_msg_close(&message_); }
    zeromq_message(const zeromq_message&) = delete;
    zeromq_message& operator=(const zeromq_message&) = delete;

    /// False: there is none, and `flags` said not to wait.
    bool receive(void* socket, int flags = 0)
    {
        return zmq_msg_recv(&message_, socket, flags) >= 0;
    }
    std::string_view octets()
    {
        return {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
    }

private:
    zmq_msg_t message_;
};

/// A DEALER connected to bench_bus zeromq-broker.
class zeromq_peer {
public:
    /// `folder`: where the broker left its public key.
    zeromq_peer(std::uint16_t port, const std::string& folder);
    ~zeromq_peer();
    zeromq_peer(const zeromq_peer&) = delete;
    zeromq_peer& operator=(const zeromq_peer&) = delete;

    void say(char what, std::string_view octets);
    std::string_view hear(); ///< waits; good until the next one
    bool heard_more();       ///< does not wait: hear() would not

private:
    void* context_;
    void* socket_;
    std::string out_;
    zeromq_message in_;
};

/// Throws std::runtime_error with ZeroMQ's reason where `result` says that the call failed.
inline void zeromq_expect(int result, const char* what)
{
    if (result < 0)
        throw std::runtime_error(std::string(what) + ": " + zmq_strerror(zmq_errno()));
}

} // namespace bench
