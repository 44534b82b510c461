#pragma once

#include <stdexcept>

namespace bus {

/// The disk did not do what it was asked. After a failed commit or fdatasync nobody knows what is
/// on it, and a second try may lie: the process acknowledges nothing more and stops.
class disk_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What is on the disk is not what was written. `what()` says where, and what to do.
class damaged : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace bus
