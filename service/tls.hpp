#pragma once

#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <string>

namespace service {

/// TLS 1.2 and later, server certificate chain and key from PEM files.
boost::asio::ssl::context make_tls_server(
    const std::filesystem::path& certificate, const std::filesystem::path& key);
/// Verifies the peer against `authority` (PEM), or the system's store when empty.
boost::asio::ssl::context make_tls_client(const std::filesystem::path& authority);

} // namespace service
