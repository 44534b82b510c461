#pragma once

#include "encryptor/openssl.hpp"
#include "encryptor/smime.hpp"

namespace encryptor {

struct signing_identity::state {
    std::vector<openssl::certificate> chain; ///< the signer's own first
    openssl::private_key key;
};

/// What of a recipient's certificate does not depend on the time: a key kind and size that we
/// encrypt to, and use for that allowed. Throws smime_error.
void check_recipient_key(X509* recipient);

} // namespace encryptor
