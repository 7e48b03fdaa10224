"""The IfcAuthKey of an Oracle interface: our link description proves that we hold the site's key.

The time of the peer's last LS is encrypted under the key; the peer undoes it and compares. A wrong key
stops the interface until somebody enters it again by hand, so whoever uses this must not try in a loop.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_PREFIX = "FidCrypt0S|"  # as the PMS shows a key
PROOF_PREFIX = "FidCryptAB;"
_BYTES = 16  # AES-128, and its block
_IV_TEXT = 24  # a block in base64


def read_key(text: str) -> bytes:
    """The key in `FidCrypt0S|BASE64`, or in the base64 alone. Raises ValueError with the way to write it."""
    try:
        key = base64.b64decode(text.strip().removeprefix(KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _BYTES:
        raise ValueError("is not an IfcAuthKey: copy it whole from the PMS, it begins with FidCrypt0S|")
    return key


def proof(key: bytes, shown: str, iv: bytes) -> str:
    """The value of CG: `shown` is DA and TI of the peer's last LS (12 digits), `iv` 16 fresh random bytes."""
    padder = PKCS7(_BYTES * 8).padder()
    plain = padder.update(shown.encode("ascii")) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    hidden = encryptor.update(plain) + encryptor.finalize()
    return PROOF_PREFIX + base64.b64encode(iv).decode("ascii") + base64.b64encode(hidden).decode("ascii")


def shown_by(key: bytes, value: str) -> str:
    """What a CG proves, as the PMS undoes it; "" where it was made with another key or is no proof."""
    text = value.removeprefix(PROOF_PREFIX)
    try:
        iv, hidden = base64.b64decode(text[:_IV_TEXT]), base64.b64decode(text[_IV_TEXT:])
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        padded = decryptor.update(hidden) + decryptor.finalize()
        unpadder = PKCS7(_BYTES * 8).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
