#include "service/listening.hpp"

#include "service/host_and_port.hpp"

#include <boost/system/system_error.hpp>

#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace service {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int first_descriptor = 3; // SD_LISTEN_FDS_START
constexpr int most_descriptors = 64;
constexpr int backlog = 512;

void require(const error_code& error, const std::string& what)
{
    if (error) {
        throw boost::system::system_error{error, what};
    }
}

tcp::endpoint endpoint_of(const asio::any_io_executor& executor, const std::string& text)
{
    const std::optional<host_and_port> wanted = parse_host_and_port(text);
    error_code error = wanted ? error_code{} : error_code{asio::error::invalid_argument};
    require(error, "listening on " + text);
    const auto address = asio::ip::make_address(wanted->host, error);
    if (!error) {
        return {address, wanted->port};
    }
    tcp::resolver resolver{executor};
    const auto found =
        resolver.resolve(wanted->host, std::to_string(wanted->port), tcp::resolver::passive, error);
    require(error, "listening on " + text);
    return found.begin()->endpoint();
}

/// A whole number from the environment; 0 when it is not set or no number.
int number_from(const char* variable)
{
    const char* const value = std::getenv(variable);
    const std::string_view text = value == nullptr ? "" : value;
    int number = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && stopped == text.data() + text.size() ? number : 0;
}

std::vector<std::string> names_from(const char* variable)
{
    const char* const value = std::getenv(variable);
    std::vector<std::string> names;
    std::string_view rest = value == nullptr ? "" : value;
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        names.emplace_back(rest.substr(0, colon));
        rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
    }
    return names;
}

int option_of(int descriptor, int option)
{
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

void require_listening(int descriptor, const std::string& name)
{
    const int domain = option_of(descriptor, SO_DOMAIN);
    const bool tcp_socket =
        (domain == AF_INET || domain == AF_INET6) && option_of(descriptor, SO_TYPE) == SOCK_STREAM;
    if (!tcp_socket || option_of(descriptor, SO_ACCEPTCONN) != 1) {
        throw std::runtime_error{
            "descriptor " + std::to_string(descriptor) + ", handed down as \"" + name +
            "\", is no listening TCP socket"};
    }
}

} // namespace

tcp::acceptor open_acceptor(const asio::any_io_executor& executor, const std::string& host_and_port)
{
    const tcp::endpoint endpoint = endpoint_of(executor, host_and_port);
    const std::string what = "listening on " + host_and_port;
    tcp::acceptor acceptor{executor};
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    require(error, what);
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    acceptor.set_option(asio::socket_base::reuse_address{true}, error);
    require(error, what);
    acceptor.bind(endpoint, error);
    require(error, what);
    acceptor.listen(backlog, error);
    require(error, what);
    return acceptor;
}

handed_down_sockets handed_down_sockets::from_environment()
{
    handed_down_sockets sockets;
    const int meant_for = number_from("LISTEN_PID");
    const int count = std::min(number_from("LISTEN_FDS"), most_descriptors);
    std::vector<std::string> names = names_from("LISTEN_FDNAMES");
    const bool for_us = std::getenv("LISTEN_PID") == nullptr || meant_for == ::getpid();
    for (const char* const variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
        ::unsetenv(variable);
    }
    if (!for_us || count <= 0) {
        return sockets;
    }
    names.resize(static_cast<std::size_t>(count), "unknown");
    for (int i = 0; i < count; ++i) {
        const std::string& name = names[static_cast<std::size_t>(i)];
        require_listening(first_descriptor + i, name);
        ::fcntl(first_descriptor + i, F_SETFD, FD_CLOEXEC);
        sockets.descriptors_.emplace(name, first_descriptor + i);
    }
    return sockets;
}

handed_down_sockets::~handed_down_sockets()
{
    for (const auto& [name, descriptor] : descriptors_) {
        ::close(descriptor);
    }
}

std::optional<tcp::acceptor> handed_down_sockets::take(
    const asio::any_io_executor& executor, std::string_view name)
{
    const auto found = descriptors_.find(name);
    if (found == descriptors_.end()) {
        return std::nullopt;
    }
    const int descriptor = found->second;
    descriptors_.erase(found);
    const tcp protocol = option_of(descriptor, SO_DOMAIN) == AF_INET6 ? tcp::v6() : tcp::v4();
    return tcp::acceptor{executor, protocol, descriptor};
}

} // namespace service
