#pragma once

#include <string>
#include <string_view>

namespace mail {

/// Text of an unfolded field with its encoded words (RFC 2047) decoded, by GMime.
std::string decode_encoded_words(std::string_view text);

} // namespace mail
