#pragma once

#include <boost/system/error_code.hpp>

namespace bus {

enum class errc {
    unavailable = 1, ///< no connection: nothing was sent
    unknown_outcome, ///< no answer in time: it may have happened
    refused,         ///< this role may not
    conflict,        ///< the id stands in the log with another payload
    not_found,       ///< no such content or slot
    invalid,         ///< malformed or over a limit
    different_log,   ///< the log is not the one that was followed, or is shorter
    disk,            ///< the broker could not read or write its disk
    follow_only,     ///< the log was imported: nothing is written to it
    damaged          ///< what the broker has there is not what was written
};

const boost::system::error_category& category();
inline boost::system::error_code make_error_code(errc code)
{
    return {static_cast<int>(code), category()};
}

} // namespace bus

template <>
struct boost::system::is_error_code_enum<bus::errc> : std::true_type {};
