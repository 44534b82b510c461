#pragma once

#include <string>
#include <string_view>

/// Mails that we write ourselves: a header that no value can break out of, and text beside HTML.
namespace encryptor {

/// One line of UTF-8 without control characters and without characters that change the direction of
/// what follows; at most `limit` octets, then "…".
std::string display_text(std::string_view value, std::size_t limit = 900);

class composed_mail {
public:
    /// `value` is display text: encoded by RFC 2047 where needed, folded.
    void text_field(std::string_view name, std::string_view value);
    /// `name` may be empty: the address alone. The address is one that mail::address accepted.
    void address_field(std::string_view field, std::string_view name, std::string_view address);
    /// Left out unless it is printable ASCII of at most 900 octets: a message id, a date, a
    /// keyword.
    void plain_field(std::string_view name, std::string_view value);

    /// The whole mail: the fields, MIME-Version, multipart/alternative. CRLF line ends.
    std::string finish(const std::string& text, const std::string& html) const;

private:
    std::string header_;
};

} // namespace encryptor
