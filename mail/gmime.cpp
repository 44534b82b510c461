#include "mail/gmime.hpp"

#include <gmime/gmime.h>

namespace mail {

void start_gmime()
{
    static const bool started = [] {
        g_mime_init();
        return true;
    }();
    static_cast<void>(started);
}

} // namespace mail
