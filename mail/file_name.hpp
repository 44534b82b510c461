#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail {

/// A name for a file that came by mail, fit to show and to save: UTF-8 on one line, without path,
/// without characters that turn the writing direction, at most 200 octets. `otherwise` when nothing
/// is left of it.
std::string safe_file_name(std::string_view wanted, std::string_view otherwise);

/// What an attachment without a name is called: "attachment-3.png".
std::string default_file_name(std::string_view media_type, std::size_t number);

} // namespace mail
