#pragma once

#include <string>
#include <string_view>

namespace revocation {

struct certificate_reading {
    std::string pem;     ///< the one certificate, bare; empty with a problem
    std::string problem; ///< empty: none
};

/// Reads a PEM certificate that somebody wants in the directory, and so in the log for ever: text
/// with a private key is refused, text around the certificate is dropped. Dates and key usage are
/// checked at encryption.
certificate_reading read_certificate(std::string_view text);

} // namespace revocation
