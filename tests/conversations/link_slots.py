"""Opens link slots as docs/cryptography.md says, with the libsodium that is on every machine sealpost runs on."""

import base64
import ctypes
import hashlib
import hmac

sodium = ctypes.CDLL("libsodium.so.23")
KEY_ID = 8
FRONT = 2 + KEY_ID  # version, kind, key id
SEAL = 48
NONCE, TAG = 24, 16


def expanded(token, info):
    """HKDF-SHA-256 without salt, 32 octets."""
    extracted = hmac.digest(bytes(32), token, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


def token_of(link):
    return base64.urlsafe_b64decode(link.rsplit("/", 1)[1] + "==")


def open_key_of(token):
    return expanded(token, b"open")


def binding(message, recipient, content):
    parts = (len(part).to_bytes(4, "big") + part.encode() for part in (message, recipient, content))
    return b"sealpost slot \1L" + b"".join(parts)


def content_key(slot, box_secret, open_key, bound_to):
    """The content key in a link slot; `box_secret` is the portals', 32 octets."""
    box_public = ctypes.create_string_buffer(32)
    assert sodium.crypto_scalarmult_base(box_public, box_secret) == 0
    box = slot[FRONT:]
    inner = ctypes.create_string_buffer(len(box) - SEAL)
    if sodium.crypto_box_seal_open(inner, box, ctypes.c_ulonglong(len(box)), box_public, box_secret) != 0:
        raise ValueError("the box does not open")
    key_id = hashlib.blake2b(box_public.raw, digest_size=32).digest()[:KEY_ID]
    if slot[:FRONT] != b"\1L" + key_id or inner.raw[:KEY_ID] != key_id:
        raise ValueError("the slot is sealed to another key")
    nonce, sealed = inner.raw[KEY_ID:KEY_ID + NONCE], inner.raw[KEY_ID + NONCE:]
    key = ctypes.create_string_buffer(len(sealed) - TAG)
    if sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            key, None, None, sealed, ctypes.c_ulonglong(len(sealed)), bound_to, ctypes.c_ulonglong(len(bound_to)),
            nonce, open_key) != 0:
        raise ValueError("the slot does not open with this token and binding")
    return key.raw


def first_chunk(sealed, key, content):
    """The plaintext of a content's first chunk."""
    state = ctypes.create_string_buffer(sodium.crypto_secretstream_xchacha20poly1305_statebytes())
    assert sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[:24], key) == 0
    body, bound = sealed[24:], b"sealpost content 1:" + content.encode()
    plain = ctypes.create_string_buffer(max(1, len(body) - 17))
    tag = ctypes.create_string_buffer(1)
    if sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, plain, None, tag, body, ctypes.c_ulonglong(len(body)), bound, ctypes.c_ulonglong(len(bound))) != 0:
        raise ValueError("the chunk does not open")
    return plain.raw[:len(body) - 17]
