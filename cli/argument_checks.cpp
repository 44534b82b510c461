#include "cli/argument_checks.hpp"

#include "mail/address.hpp"
#include "service/host_and_port.hpp"
#include "service/utf8.hpp"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace cli {

std::string mail_address_fault(const std::string& text)
{
    return mail::address::parse(text) ? "" : "'" + text + "' is no mail address";
}

std::string sender_fault(const std::string& text)
{
    return text.empty() ? "" : mail_address_fault(text);
}

std::string message_id_fault(const std::string& text)
{
    if (!service::is_utf8(text))
        return "it holds octets that are no UTF-8: no message has such an id";
    return text.empty() ? "it is empty: name a message by its network message id or Message-ID"
                        : "";
}

std::string file_name_fault(const std::string& text)
{
    return text.empty() ? "it is empty: name a file, or leave it out" : "";
}

std::string host_and_port_fault(const std::string& text)
{
    return service::parse_host_and_port(text)
               ? ""
               : "'" + text + "' is not HOST:PORT, as in mx.example.org:25";
}

std::string output_file_fault(const std::string& text)
{
    if (text.empty())
        return file_name_fault(text);
    std::error_code
        unknown; // what cannot be looked at cannot be written either, which is told then
    const auto kind = std::filesystem::symlink_status(text, unknown).type();
    const bool replaceable = kind == std::filesystem::file_type::regular ||
                             kind == std::filesystem::file_type::not_found ||
                             kind == std::filesystem::file_type::none;
    return replaceable ? ""
                       : "'" + text +
                             "' is no regular file, and would be replaced by one: name another, or "
                             "leave the option out for standard output";
}

std::string count_fault(const std::string& text)
{
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, wrong] = std::from_chars(text.data(), end, number);
    const bool whole = wrong == std::errc() && rest == end;
    return whole ? "" : "'" + text + "' is no whole number from 0";
}

} // namespace cli
