"""Keys that simulators sign with where a vendor signs by RSA: made anew in each process, and of no use beyond it."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_EXPONENT, _BITS = 65537, 2048


class RsaKey:
    """A key pair. `public` is the base64 of its X.509 SubjectPublicKeyInfo, as vendors print it."""

    def __init__(self) -> None:
        self._key = generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = b64encode(public).decode()

    def signed(self, body: bytes) -> str:
        """The base64 of the signature that Java calls SHA512withRSA."""
        return b64encode(self._key.sign(body, PKCS1v15(), SHA512())).decode()


@cache
def rsa_key(owner: str) -> RsaKey:
    """The key pair of somebody by this name, the same one each time: making one takes a tenth of a second."""
    return RsaKey()
