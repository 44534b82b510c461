#pragma once

#include <string>

namespace bus {

/// The socket file of an ipc:// endpoint. A file that nobody listens at, left by a crash, is
/// removed; throws std::runtime_error when somebody does. Nothing happens for other endpoints.
void clear_stale_socket(const std::string& endpoint);
/// For its owner alone.
void restrict_socket(const std::string& endpoint);
void remove_socket(const std::string& endpoint);

} // namespace bus
