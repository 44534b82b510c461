#pragma once

#include <string>
#include <string_view>

namespace portal {

/// `attachment` with the file name of a stranger's mail (RFC 6266): an ASCII fallback, and
/// filename* in UTF-8 (RFC 8187) when the name needs it. No path, no control or direction
/// characters, at most 200 octets.
std::string content_disposition(std::string_view name);

/// The name itself, made harmless: what a page shows and a browser saves.
std::string safe_file_name(std::string_view name);

} // namespace portal
