#include "mail/verdict.hpp"

namespace mail {

std::string_view to_text(access_verdict verdict)
{
    switch (verdict) {
    case access_verdict::granted:
        return "granted";
    case access_verdict::revoked:
        return "revoked";
    case access_verdict::shredded:
        return "shredded";
    case access_verdict::expired:
        return "expired";
    case access_verdict::not_signed_in:
        return "not_signed_in";
    case access_verdict::unknown:
        return "unknown";
    }
    return "unknown";
}

std::string_view to_text(passcode_verdict verdict)
{
    switch (verdict) {
    case passcode_verdict::opened:
        return "opened";
    case passcode_verdict::wrong:
        return "wrong";
    case passcode_verdict::used:
        return "used";
    case passcode_verdict::expired:
        return "expired";
    case passcode_verdict::too_many_tries:
        return "too_many_tries";
    case passcode_verdict::unknown:
        return "unknown";
    }
    return "unknown";
}

} // namespace mail
