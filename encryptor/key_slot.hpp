#pragma once

#include "encryptor/link_token.hpp"
#include "encryptor/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace encryptor {

/// An X25519 pair for sealed boxes: the portals' shared one, the gateway's own.
struct box_key_pair {
    std::string public_key; ///< 32 octets
    secret secret_key;      ///< 32 octets; empty where only sealing is wanted

    static box_key_pair generate();
};

/// What a link slot is bound to; a slot opens under the same values only.
struct slot_binding {
    std::string message;   ///< network message id, or the event id of a mail.submitted
    std::string recipient; ///< address key
    std::string content;   ///< content id
};

/// sealed_box(portal key, key id || AEAD(HKDF(token, "open"), content key, binding)). DESIGN §6.
std::string seal_link_slot(
    std::string_view portal_public_key,
    const link_token& token,
    const secret& content_key,
    const slot_binding& binding);
/// nullopt: not for this pair, token or binding.
std::optional<secret> open_link_slot(
    std::string_view slot,
    const box_key_pair& portal,
    const link_token& token,
    const slot_binding& binding);

/// What the gateway needs to deliver one queued copy: a link recipient's token or an inline one's
/// content key.
struct gateway_secret {
    enum class kind { token, content_key } what;
    secret octets;
};
std::string seal_gateway_slot(
    std::string_view gateway_public_key, const gateway_secret& held, const slot_binding& binding);
std::optional<gateway_secret> open_gateway_slot(
    std::string_view slot, const box_key_pair& gateway, const slot_binding& binding);

/// Names of slots beside a content: the part before the slash decides which role may read it.
std::string link_slot_name(std::string_view recipient_key);
std::string gateway_slot_name(std::string_view recipient_key);

} // namespace encryptor
