#include "tests/bench/zeromq_peer.hpp"

#include <array>
#include <fstream>

namespace bench {

zeromq_peer::zeromq_peer(std::uint16_t port, const std::string& folder)
    : context_(zmq_ctx_new()), socket_(zmq_socket(context_, ZMQ_DEALER))
{
    std::string server_key;
    std::ifstream{folder + "/public"} >> server_key;
    std::array<char, z85_key> open{};
    std::array<char, z85_key> secret{};
    zeromq_expect(zmq_curve_keypair(open.data(), secret.data()), "keys");
    zmq_setsockopt(socket_, ZMQ_CURVE_SERVERKEY, server_key.c_str(), server_key.size() + 1);
    zmq_setsockopt(socket_, ZMQ_CURVE_PUBLICKEY, open.data(), open.size());
    zmq_setsockopt(socket_, ZMQ_CURVE_SECRETKEY, secret.data(), secret.size());
    const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(port);
    zeromq_expect(zmq_connect(socket_, endpoint.c_str()), endpoint.c_str());
}

zeromq_peer::~zeromq_peer()
{
    const int none = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
    zmq_close(socket_);
    zmq_ctx_term(context_);
}

void zeromq_peer::say(char what, std::string_view octets)
{
    out_.assign(1, what);
    out_ += octets;
    zeromq_expect(zmq_send(socket_, out_.data(), out_.size(), 0), "cannot send");
}

std::string_view zeromq_peer::hear()
{
    if (!in_.receive(socket_))
        throw std::runtime_error("the bare broker is gone");
    return in_.octets();
}

bool zeromq_peer::heard_more()
{
    int events = 0;
    std::size_t size = sizeof events;
    return zmq_getsockopt(socket_, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN) != 0;
}

} // namespace bench
