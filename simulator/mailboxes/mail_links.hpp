#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simulator {

/// The http and https addresses that a mail offers: those of the text, then those of links in the
/// HTML, in order and each once. At most 1,000.
std::vector<std::string> find_links(std::string_view text, std::string_view html);

} // namespace simulator
