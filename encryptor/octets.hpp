#pragma once

#include <string>
#include <string_view>

namespace encryptor {

/// Texts as C libraries of cryptography want them.
inline const unsigned char* octet_pointer(std::string_view octets)
{
    return reinterpret_cast<const unsigned char*>(octets.data());
}
inline unsigned char* octet_pointer(std::string& octets)
{
    return reinterpret_cast<unsigned char*>(octets.data());
}

} // namespace encryptor
