#include "portal/grants.hpp"

namespace portal {

void grant::renewed(time_point sent)
{
    if (!ended_ && sent > sent_) {
        sent_ = sent;
    }
}

} // namespace portal
