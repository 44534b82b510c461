#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// A TCP socket that listens on 127.0.0.1, bound by `up` and handed down to the processes, so that
/// their ports survive a restart. Closed on exec unless a child is given it.
class listening_socket {
public:
    /// `port` 0: the operating system chooses. Throws failure naming the address and the option to
    /// change it.
    listening_socket(std::string name, std::uint16_t port, std::string_view option);
    ~listening_socket();
    listening_socket(listening_socket&& other) noexcept;
    listening_socket& operator=(listening_socket&&) = delete;

    const std::string& name() const { return name_; } ///< in LISTEN_FDNAMES
    int descriptor() const { return descriptor_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    std::string name_;
    int descriptor_ = -1;
    std::uint16_t port_ = 0;
};

} // namespace cli
