"""Tokens that nobody signed, or somebody else: none of them lets anybody in, and none keeps a valid caller out."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orderweave.access.refusing import Reason
from tests.unit.access.issuing import Issuing, ec_key, ed_key, jwk, part, rsa_key, running, signed

Attack = Callable[[Issuing], bytes]


def header(**members: Any) -> dict[str, Any]:
    """The header of a good token of the staff's, changed; a member that is given as ... is left out."""
    whole = {"alg": "RS256", "kid": "r1", "typ": "JWT", **members}
    return {name: value for name, value in whole.items() if value is not ...}


def claimed(algorithm: Any, signature: bytes = b"x" * 32) -> Attack:
    """Good claims under a made-up algorithm and a signature of junk."""
    return lambda issuing: b".".join((part(header(alg=algorithm)), part(issuing.claims()), part(signature)))


def by_secret(algorithm: str, secret: Callable[[Issuing], bytes]) -> Attack:
    """Good claims signed with what is public of the issuer's key as if it were a secret."""
    digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[algorithm]

    def made(issuing: Issuing) -> bytes:
        text = part(header(alg=algorithm)) + b"." + part(issuing.claims())
        code = hmac.new(secret(issuing), text, digest).digest()
        return text + b"." + part(code)

    return made


def by(key: Callable[[], Any], algorithm: str, **members: Any) -> Attack:
    """Good claims signed by another key, with the header changed."""
    return lambda issuing: signed(header(alg=algorithm, **members), issuing.claims(), key(), algorithm)


def carrying(**members: Any) -> Attack:
    """A token with a good signature whose header brings something along."""
    return lambda issuing: issuing.token(members)


def bent(change: Callable[[bytes, bytes, bytes], tuple[bytes, ...]]) -> Attack:
    """A good token whose three parts are changed."""
    return lambda issuing: b".".join(change(*issuing.token().split(b".")))


def public(encoding: Encoding, form: PublicFormat) -> Callable[[Issuing], bytes]:
    """The issuer's public key, as bytes."""
    return lambda issuing: rsa_key("staff").public_key().public_bytes(encoding, form)


def der_signature(issuing: Issuing) -> bytes:
    """A signature of the issuer's own key in the form that other standards use."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - for this one case

    text = part(header(alg="ES256", kid="e1")) + b"." + part(issuing.claims())
    return text + b"." + part(ec_key("staff").sign(text, ec.ECDSA(SHA256())))


STRANGE = jwk(rsa_key("stranger"), "RS256", kid="r1")

ATTACKS: dict[str, tuple[Attack, Reason]] = {
    # No signature at all.
    "none": (by(lambda: None, "none"), Reason.TOKEN_MALFORMED),
    "none with a signature": (claimed("none"), Reason.TOKEN_ALGORITHM),
    "None": (claimed("None"), Reason.TOKEN_ALGORITHM),
    "NONE": (claimed("NONE"), Reason.TOKEN_ALGORITHM),
    "nOnE": (claimed("nOnE"), Reason.TOKEN_ALGORITHM),
    "no algorithm": (bent(lambda h, c, s: (part({"kid": "r1", "typ": "JWT"}), c, s)), Reason.TOKEN_ALGORITHM),
    "algorithm null": (claimed(None), Reason.TOKEN_ALGORITHM),
    "algorithm empty": (claimed(""), Reason.TOKEN_ALGORITHM),
    "algorithm a list": (claimed(["RS256"]), Reason.TOKEN_ALGORITHM),
    "algorithm a number": (claimed(256), Reason.TOKEN_ALGORITHM),
    "algorithm a table": (claimed({"RS256": True}), Reason.TOKEN_ALGORITHM),
    "algorithm in lower case": (claimed("rs256"), Reason.TOKEN_ALGORITHM),
    "algorithm with a space": (claimed("RS256 "), Reason.TOKEN_ALGORITHM),
    "signature of nothing": (claimed("RS256", b"\0" * 256), Reason.TOKEN_SIGNATURE),
    "signature left out": (bent(lambda h, c, s: (h, c, b"")), Reason.TOKEN_MALFORMED),
    # What is public taken for a secret.
    "HS256 with the PEM": (
        by_secret("HS256", public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS384 with the PEM": (
        by_secret("HS384", public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS512 with the PEM": (
        by_secret("HS512", public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS256 with the PKCS 1 PEM": (by_secret("HS256", public(Encoding.PEM, PublicFormat.PKCS1)), Reason.TOKEN_ALGORITHM),
    "HS256 with the DER": (
        by_secret("HS256", public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS256 with the key set": (
        by_secret("HS256", lambda issuing: json.dumps(issuing.documents["/keys"]).encode()),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS256 with the modulus": (
        by_secret("HS256", lambda issuing: issuing.documents["/keys"]["keys"][0]["n"].encode()),
        Reason.TOKEN_ALGORITHM,
    ),
    "HS256 with an empty secret": (by_secret("HS256", lambda issuing: b""), Reason.TOKEN_ALGORITHM),
    "HS256 with a secret in the key set": (
        by_secret("HS256", lambda issuing: b"secret-that-is-public-by-mistake"),
        Reason.TOKEN_ALGORITHM,
    ),
    # One algorithm in place of another.
    "PS256 by the right key": (by(lambda: rsa_key("staff"), "PS256"), Reason.TOKEN_ALGORITHM),
    "RS384 by the right key": (by(lambda: rsa_key("staff"), "RS384"), Reason.TOKEN_ALGORITHM),
    "RS512 by the right key": (by(lambda: rsa_key("staff"), "RS512"), Reason.TOKEN_ALGORITHM),
    "ES384 by a key of the set": (
        by(lambda: ec_key("wide", ec.SECP384R1), "ES384", kid="wide"),
        Reason.TOKEN_ALGORITHM,
    ),
    "ES256K": (by(lambda: ec_key("k", ec.SECP256K1), "ES256K", kid="e1"), Reason.TOKEN_ALGORITHM),
    "ES256 under the RSA key's name": (by(lambda: ec_key("staff"), "ES256", kid="r1"), Reason.TOKEN_KEY),
    "RS256 under the curve's name": (by(lambda: rsa_key("staff"), "RS256", kid="e1"), Reason.TOKEN_KEY),
    "EdDSA under the RSA key's name": (by(lambda: ed_key("staff"), "EdDSA", kid="r1"), Reason.TOKEN_KEY),
    "ES256 said of a wider key": (
        lambda issuing: b".".join((part(header(alg="ES256", kid="wide")), part(issuing.claims()), part(b"\1" * 64))),
        Reason.TOKEN_KEY,
    ),
    "header of one token, signature of another algorithm": (
        bent(lambda h, c, s: (part(header(alg="ES256", kid="e1")), c, s)),
        Reason.TOKEN_SIGNATURE,
    ),
    # Signatures that fool careless arithmetic.
    "ES256 of zeros": (
        lambda issuing: b".".join((part(header(alg="ES256", kid="e1")), part(issuing.claims()), part(b"\0" * 64))),
        Reason.TOKEN_SIGNATURE,
    ),
    "ES256 in DER": (der_signature, Reason.TOKEN_SIGNATURE),
    "ES256 of one byte": (
        lambda issuing: b".".join((part(header(alg="ES256", kid="e1")), part(issuing.claims()), part(b"\0"))),
        Reason.TOKEN_SIGNATURE,
    ),
    "EdDSA of zeros": (
        lambda issuing: b".".join((part(header(alg="EdDSA", kid="d1")), part(issuing.claims()), part(b"\0" * 64))),
        Reason.TOKEN_SIGNATURE,
    ),
    # Another's key.
    "stranger's RSA key": (by(lambda: rsa_key("stranger"), "RS256"), Reason.TOKEN_SIGNATURE),
    "stranger's curve": (by(lambda: ec_key("stranger"), "ES256", kid="e1"), Reason.TOKEN_SIGNATURE),
    "stranger's Ed25519 key": (by(lambda: ed_key("stranger"), "EdDSA", kid="d1"), Reason.TOKEN_SIGNATURE),
    "the other issuer's key": (by(lambda: rsa_key("shop"), "RS256", kid="s1"), Reason.TOKEN_KEY),
    "the other issuer's key under a good name": (by(lambda: rsa_key("shop"), "RS256"), Reason.TOKEN_SIGNATURE),
    "a key for encryption": (by(lambda: rsa_key("encrypting"), "RS256", kid="enc"), Reason.TOKEN_KEY),
    "a key too short": (by(lambda: rsa_key("short", 1024), "RS256", kid="short"), Reason.TOKEN_KEY),
    # Names of keys.
    "unknown name": (by(lambda: rsa_key("stranger"), "RS256", kid="r2"), Reason.TOKEN_KEY),
    "name of a file": (by(lambda: rsa_key("stranger"), "RS256", kid="../../../../dev/null"), Reason.TOKEN_KEY),
    "name of a query": (by(lambda: rsa_key("stranger"), "RS256", kid="r1' OR '1'='1"), Reason.TOKEN_KEY),
    "name of an address": (by(lambda: rsa_key("stranger"), "RS256", kid="https://evil.example/keys"), Reason.TOKEN_KEY),
    "name with a zero byte": (by(lambda: rsa_key("stranger"), "RS256", kid="r1\0"), Reason.TOKEN_KEY),
    "name of Python's": (by(lambda: rsa_key("stranger"), "RS256", kid="__class__"), Reason.TOKEN_KEY),
    "name empty": (by(lambda: rsa_key("stranger"), "RS256", kid=""), Reason.TOKEN_KEY),
    "name in another case": (by(lambda: rsa_key("staff"), "RS256", kid="R1"), Reason.TOKEN_KEY),
    "name null": (by(lambda: rsa_key("staff"), "RS256", kid=None), Reason.TOKEN_HEADER),
    "name a number": (by(lambda: rsa_key("staff"), "RS256", kid=1), Reason.TOKEN_HEADER),
    "name a list": (by(lambda: rsa_key("staff"), "RS256", kid=["r1"]), Reason.TOKEN_HEADER),
    "name a table": (by(lambda: rsa_key("staff"), "RS256", kid={"$ne": ""}), Reason.TOKEN_HEADER),
    "name of a page": (by(lambda: rsa_key("staff"), "RS256", kid="r" * 513), Reason.TOKEN_HEADER),
    "no name, a stranger's key": (by(lambda: rsa_key("stranger"), "RS256", kid=...), Reason.TOKEN_SIGNATURE),
    # Keys that a token brings along.
    "jwk": (by(lambda: rsa_key("stranger"), "RS256", jwk=STRANGE), Reason.TOKEN_HEADER),
    "jwk without a name": (by(lambda: rsa_key("stranger"), "RS256", kid=..., jwk=STRANGE), Reason.TOKEN_HEADER),
    "jku": (by(lambda: rsa_key("stranger"), "RS256", jku="https://evil.example/keys"), Reason.TOKEN_HEADER),
    "jku of the issuer": (
        lambda issuing: issuing.token({"jku": f"{issuing.server.url}/keys"}),
        Reason.TOKEN_HEADER,
    ),
    "x5u": (by(lambda: rsa_key("stranger"), "RS256", x5u="https://evil.example/c.pem"), Reason.TOKEN_HEADER),
    "x5c": (by(lambda: rsa_key("stranger"), "RS256", x5c=["MIIB"]), Reason.TOKEN_HEADER),
    # Headers that change how a token is read.
    "crit": (carrying(crit=["exp"], exp=1), Reason.TOKEN_HEADER),
    "crit empty": (carrying(crit=[]), Reason.TOKEN_HEADER),
    "crit with b64": (carrying(crit=["b64"], b64=True), Reason.TOKEN_HEADER),
    "b64 off": (carrying(b64=False), Reason.TOKEN_HEADER),
    "zip": (carrying(zip="DEF"), Reason.TOKEN_HEADER),
    "enc": (carrying(enc="A128GCM"), Reason.TOKEN_HEADER),
    # Types.
    "type left out": (carrying(typ=...), Reason.TOKEN_TYPE),
    "type of a log-out": (carrying(typ="logout+jwt"), Reason.TOKEN_TYPE),
    "type of a security event": (carrying(typ="application/secevent+jwt"), Reason.TOKEN_TYPE),
    "type of a proof": (carrying(typ="dpop+jwt"), Reason.TOKEN_TYPE),
    "type with a space": (carrying(typ="JWT "), Reason.TOKEN_TYPE),
    "type a list": (carrying(typ=["JWT"]), Reason.TOKEN_TYPE),
    "type null": (carrying(typ=None), Reason.TOKEN_TYPE),
    # Bent after it was signed.
    "claims of another": (bent(lambda h, c, s: (h, part({"sub": "root"}), s)), Reason.TOKEN_ISSUER),
    "claims with one more role": (
        lambda issuing: b".".join(
            (
                issuing.token().split(b".")[0],
                part(issuing.claims(realm_access={"roles": ["ow-staff", "ow-analyst"]})),
                issuing.token().split(b".")[2],
            )
        ),
        Reason.TOKEN_SIGNATURE,
    ),
    "header with one more member": (bent(lambda h, c, s: (part(header(x="y")), c, s)), Reason.TOKEN_SIGNATURE),
    "signature cut": (bent(lambda h, c, s: (h, c, s[:-4])), Reason.TOKEN_SIGNATURE),
    "signature longer": (bent(lambda h, c, s: (h, c, s + b"AAAA")), Reason.TOKEN_SIGNATURE),
    "signature with a bit turned": (
        bent(lambda h, c, s: (h, c, (b"B" if s[:1] == b"A" else b"A") + s[1:])),
        Reason.TOKEN_SIGNATURE,
    ),
    "signature spelled another way": (bent(lambda h, c, s: (h, c, respelled(s))), Reason.TOKEN_SIGNATURE),
    # No token at all.
    "two parts": (bent(lambda h, c, s: (h, c)), Reason.TOKEN_MALFORMED),
    "four parts": (bent(lambda h, c, s: (h, c, s, s)), Reason.TOKEN_MALFORMED),
    "five parts, as encrypted ones have": (bent(lambda h, c, s: (h, b"", b"", c, s)), Reason.TOKEN_MALFORMED),
    "a part empty": (bent(lambda h, c, s: (h, b"", s)), Reason.TOKEN_MALFORMED),
    "padding": (bent(lambda h, c, s: (h, c, s + b"==")), Reason.TOKEN_MALFORMED),
    "other letters": (bent(lambda h, c, s: (h, c, b"+/" + s[2:])), Reason.TOKEN_MALFORMED),
    "a letter of no alphabet": (bent(lambda h, c, s: (h, c, s + b"\xc3\xa9")), Reason.TOKEN_MALFORMED),
    "a part of one letter": (bent(lambda h, c, s: (b"A", c, s)), Reason.TOKEN_MALFORMED),
    "words": (lambda issuing: b"let-me-in", Reason.TOKEN_MALFORMED),
    "header no JSON": (bent(lambda h, c, s: (part(b"{alg:RS256}"), c, s)), Reason.TOKEN_MALFORMED),
    "header a list": (bent(lambda h, c, s: (part(["RS256"]), c, s)), Reason.TOKEN_MALFORMED),
    "header with a name twice": (
        lambda issuing: signed(
            b'{"alg":"none","alg":"RS256","kid":"r1","typ":"JWT"}', issuing.claims(), rsa_key("staff"), "RS256"
        ),
        Reason.TOKEN_MALFORMED,
    ),
    "claims with a name twice": (
        lambda issuing: signed(
            header(), json.dumps(issuing.claims()).encode()[:-1] + b',"sub":"root"}', rsa_key("staff"), "RS256"
        ),
        Reason.TOKEN_MALFORMED,
    ),
    "claims a list": (lambda issuing: signed(header(), [], rsa_key("staff"), "RS256"), Reason.TOKEN_MALFORMED),
    "claims a text": (lambda issuing: signed(header(), "sub", rsa_key("staff"), "RS256"), Reason.TOKEN_MALFORMED),
    "claims no UTF-8": (lambda issuing: signed(header(), b"\xff{}", rsa_key("staff"), "RS256"), Reason.TOKEN_MALFORMED),
    "claims in UTF-16": (
        lambda issuing: signed(header(), json.dumps(issuing.claims()).encode("utf-16"), rsa_key("staff"), "RS256"),
        Reason.TOKEN_MALFORMED,
    ),
    "claims a token once more": (
        lambda issuing: signed(header(cty="JWT"), issuing.token(), rsa_key("staff"), "RS256"),
        Reason.TOKEN_MALFORMED,
    ),
    "claims nested without end": (
        lambda issuing: signed(header(), b'{"a":' * 2_000, rsa_key("staff"), "RS256"),
        Reason.TOKEN_MALFORMED,
    ),
    "header nested without end": (bent(lambda h, c, s: (part(b"[" * 8_000), c, s)), Reason.TOKEN_MALFORMED),
    "too large": (lambda issuing: issuing.token(more="x" * 13_000), Reason.TOKEN_SIZE),
}


def respelled(segment: bytes) -> bytes:
    """The same bytes by other letters: the last one has bits that nobody reads."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = segment[:-1] + bytes([alphabet[alphabet.index(segment[-1]) ^ 1]])
    padding = b"=" * (-len(segment) % 4)
    assert base64.urlsafe_b64decode(other + padding) == base64.urlsafe_b64decode(segment + padding)
    return other


@pytest.mark.parametrize(("attack", "reason"), ATTACKS.values(), ids=ATTACKS.keys())
async def test_it_is_refused(attack: Attack, reason: Reason) -> None:
    """The token is refused for just this reason, valid callers go in before and after, and keys are fetched once, but
    for the key of a name that nobody knows: for that one once more.
    """
    async with running() as issuing:
        assert (await issuing.caller(issuing.token())).role == "staff"
        issuing.clock.advance(5)
        assert await issuing.refusal({b"authorization": b"Bearer " + attack(issuing)}) is reason
        assert (await issuing.caller(issuing.token())).role == "staff"
        assert (await issuing.caller(issuing.customer())).role == "customer"
        fetched = issuing.fetched
    assert max(map(fetched.count, fetched)) <= (2 if reason is Reason.TOKEN_KEY else 1)
