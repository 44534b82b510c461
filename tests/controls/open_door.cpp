/// Preloaded into a bus, it takes the gate away: ZeroMQ asks nobody whether a key is known, and
/// lets everybody in. The self-test of tests/conversations/open_door_test.py must stop that bus.
/// Never part of a product build.

#include <zmq.h>

#include <dlfcn.h>
#include <string_view>

namespace {

template <class Function>
Function next(const char* name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

int zmq_setsockopt(void* socket, int option, const void* value, std::size_t size)
{
    static const auto real = next<decltype(&zmq_setsockopt)>("zmq_setsockopt");
    return option == ZMQ_ZAP_DOMAIN ? 0 : real(socket, option, value, size);
}

int zmq_bind(void* socket, const char* endpoint)
{
    static const auto real = next<decltype(&zmq_bind)>("zmq_bind");
    return endpoint == std::string_view{"inproc://zeromq.zap.01"} ? 0 : real(socket, endpoint);
}

} // extern "C"
