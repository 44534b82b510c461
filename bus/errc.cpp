#include "bus/errc.hpp"

#include <string>

namespace bus {
namespace {

class bus_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "bus"; }

    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::unavailable:
            return "the bus is not reachable; nothing was done";
        case errc::unknown_outcome:
            return "the bus did not answer in time; it may have happened";
        case errc::refused:
            return "this role may not do that";
        case errc::conflict:
            return "it stands in the log already, with another content";
        case errc::not_found:
            return "no such content or slot";
        case errc::invalid:
            return "malformed or over a limit";
        case errc::different_log:
            return "this is not the log that was followed before, or it is shorter: put that one "
                   "back, or start this process anew if this one is meant";
        case errc::disk:
            return "the bus could not read or write its disk";
        case errc::follow_only:
            return "this log was imported and is follow-only: nothing is written to it";
        case errc::damaged:
            return "the log is damaged here: see the bus's own log, and `sealpost verify`";
        }
        return "unknown error of the bus";
    }
};

} // namespace

const boost::system::error_category& category()
{
    static const bus_category instance;
    return instance;
}

} // namespace bus
