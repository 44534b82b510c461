#include "bus/curve.hpp"

#include "service/log.hpp"

#include <zmq.h>

#include <array>
#include <span>
#include <stdexcept>
#include <utility>

namespace bus {
namespace {

constexpr std::size_t z85_size = 40;
constexpr const char* zap_endpoint = "inproc://zeromq.zap.01";
constexpr const char* zap_domain = "sealpost";
constexpr std::size_t key_octets = 32;

std::string decode_z85(const std::string& text)
{
    std::array<std::uint8_t, key_octets> octets{};
    if (!is_curve_key(text) || zmq_z85_decode(octets.data(), text.c_str()) == nullptr)
        throw std::invalid_argument("a CURVE key is 40 characters of Z85");
    return {octets.begin(), octets.end()};
}

} // namespace

curve_pair curve_pair::generate()
{
    std::array<char, z85_size + 1> public_key{};
    std::array<char, z85_size + 1> secret_key{};
    if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0)
        throw std::runtime_error("this ZeroMQ has no CURVE");
    const std::span<char> secret{secret_key.data(), z85_size};
    return {public_key.data(), locked_octets::taken_from(secret)};
}

bool is_curve_key(std::string_view text)
{
    constexpr std::string_view alphabet =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    return text.size() == z85_size && text.find_first_not_of(alphabet) == std::string_view::npos;
}

void secure_server(zmq_socket& socket, const locked_octets& secret_key)
{
    socket.set(ZMQ_CURVE_SERVER, 1);
    socket.set(ZMQ_CURVE_SECRETKEY, secret_key.view());
    socket.set(ZMQ_ZAP_DOMAIN, zap_domain); // without a domain the gate is not asked
}

void secure_client(zmq_socket& socket, const std::string& server_key, const curve_pair& own)
{
    socket.set(ZMQ_CURVE_SERVERKEY, server_key);
    socket.set(ZMQ_CURVE_PUBLICKEY, own.public_key);
    socket.set(ZMQ_CURVE_SECRETKEY, own.secret_key.view());
}

zap_gate::zap_gate(
    boost::asio::any_io_executor executor,
    zmq_context& context,
    const std::map<std::string, std::string>& roles,
    service::log& log,
    clock now)
    : requests_(executor, context, ZMQ_REP), log_(log), now_(std::move(now))
{
    for (const auto& [key, role] : roles)
        roles_.emplace(decode_z85(key), role);
    requests_.bind(zap_endpoint);
}

boost::asio::awaitable<void> zap_gate::serve()
{
    while (auto request = co_await requests_.receive()) {
        std::vector<std::string> reply = decide(request->frames);
        if (!co_await requests_.send(std::move(reply)))
            co_return;
    }
}

/// In: version, request id, domain, address, routing id, mechanism, credentials. Out: version,
/// request id, status, text, user id, metadata.
std::vector<std::string> zap_gate::decide(const std::vector<std::string>& request)
{
    const std::string id = request.size() > 1 ? request[1] : std::string{};
    const std::string address = request.size() > 3 ? request[3] : std::string{};
    const bool curve = request.size() == 7 && request[0] == "1.0" && request[2] == zap_domain &&
                       request[5] == "CURVE" && request[6].size() == key_octets;
    const auto known = curve ? roles_.find(request[6]) : roles_.end();
    if (known == roles_.end()) {
        turned_away_.note();
        last_address_ = address;
        tell_turned_away();
        return {"1.0", id, "400", "unknown key", "", ""};
    }
    return {"1.0", id, "200", "OK", known->second, ""};
}

void zap_gate::tell_turned_away()
{
    if (const std::size_t tries = turned_away_.take_due(now_()))
        log_.warning("bus.turned_away", {{"address", last_address_}, {"tries", tries}});
}

} // namespace bus
