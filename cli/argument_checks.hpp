#pragma once

#include <string>

/// What an argument must look like, before anything is asked or done. Each says what is wrong with
/// the text, or nothing.
namespace cli {

std::string mail_address_fault(const std::string& text);
/// The same, but empty is right: the null sender, <>.
std::string sender_fault(const std::string& text);
std::string message_id_fault(const std::string& text);
/// Of a file's name: an empty one, as of a variable that is not set, is no file and no default.
std::string file_name_fault(const std::string& text);
std::string host_and_port_fault(const std::string& text);
/// Of a file that is written whole and then takes its name: what stands there must be a file, too,
/// or nothing.
std::string output_file_fault(const std::string& text);
/// Of a whole number from 0 to 2^64 - 1: the parser would take -1, and what is larger, for the
/// last.
std::string count_fault(const std::string& text);

} // namespace cli
