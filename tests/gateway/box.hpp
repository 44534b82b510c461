#pragma once

#include "mail/address.hpp"

#include <string>

namespace gateway::tests {

/// The mailbox that `text` names.
inline mail::address box(const std::string& text)
{
    return *mail::address::parse(text);
}

} // namespace gateway::tests
