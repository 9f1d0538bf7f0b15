"""From the headers of a request to the caller, as the configuration says."""

from __future__ import annotations

import hashlib

from orderweave.access.api_keys import PREFIX, known_key
from orderweave.access.claims import owned_by, roles_in
from orderweave.access.identity import Headers
from orderweave.access.key_sets import KeySet, KeySets, KeysUnavailable
from orderweave.access.provider import KeySource
from orderweave.access.refusing import Reason, Refused
from orderweave.access.roles import limits_of, name_of, rights_of
from orderweave.access.tokens import check_claims, check_form, check_signature, read_token
from orderweave.config.configuration import AccessSettings
from orderweave.model.rights import Caller, Owned
from orderweave.observing import UNOBSERVED, Observing
from orderweave.observing.port import Credential
from orderweave_sdk.clock import Clock

_NOBODYS = Owned()


class Identifier:
    """Finds out who asks: call it with a request's headers. Close it when the configuration is no longer used."""

    def __init__(
        self, settings: AccessSettings, key_sets: KeySets, clock: Clock, observing: Observing = UNOBSERVED
    ) -> None:
        self._settings = settings
        self._key_sets = key_sets
        self._clock = clock
        self._observing = observing
        self._sources = {
            name: KeySource(name, issuer.issuer, issuer.keys_url, issuer.algorithms)
            for name, issuer in settings.issuers.items()
        }
        self._issuers = {issuer.issuer: name for name, issuer in settings.issuers.items()}
        self.keys: dict[str, KeySet] = {name: key_sets.take(source) for name, source in self._sources.items()}

    async def __call__(self, headers: Headers) -> Caller:
        """The caller; raises Refused for a credential that does not hold."""
        credential, text = Credential.NONE, b""
        try:
            credential, text = _credential(headers)
            caller = await self._caller(credential, text)
        except Refused as refused:
            self._observing.identified(credential, refused.reason.value)
            raise
        self._observing.identified(credential, None)
        return caller

    async def close(self) -> None:
        """Give back the key sets."""
        await self._key_sets.give_back(self._sources.values())

    async def _caller(self, credential: Credential, text: bytes) -> Caller:
        if credential is Credential.TOKEN:
            return await self._by_token(text)
        if credential is Credential.KEY:
            name, known = known_key(text.decode("latin-1"), self._settings.keys, self._clock.now())
            return self._as(f"key:{name}", (known.role,), _NOBODYS)
        if self._settings.anonymous is None:
            raise Refused(Reason.NO_CREDENTIAL)
        return self._as("anonymous", (self._settings.anonymous,), _NOBODYS)

    async def _by_token(self, text: bytes) -> Caller:
        token = read_token(text)
        stated = token.claims.get("iss")
        name = self._issuers.get(stated) if isinstance(stated, str) else None
        if name is None:
            raise Refused(Reason.TOKEN_ISSUER)
        issuer = self._settings.issuers[name]
        check_form(token, issuer)
        try:
            key = await self.keys[name].key(token.kid, token.algorithm)
        except KeysUnavailable as error:
            reason = Reason.KEYS_UNAVAILABLE if error.failing else Reason.KEYS_ASKED_JUST_NOW
            raise Refused(reason, retry_seconds=error.seconds) from None
        if key is None:
            raise Refused(Reason.TOKEN_KEY)
        check_signature(token, key)
        subject = check_claims(token, issuer, self._clock.now())
        # A digest tells callers apart and does not say who they are: a subject may be an e-mail address.
        digest = hashlib.sha256(f"{issuer.issuer}\0{subject}".encode()).hexdigest()[:32]
        roles = roles_in(token.claims, issuer)
        own = any(self._settings.roles[role].own for role in roles)
        return self._as(f"token:{digest}", roles, owned_by(token.claims, issuer) if own else _NOBODYS)

    def _as(self, name: str, roles: tuple[str, ...], owned: Owned) -> Caller:
        given = {role: self._settings.roles[role] for role in roles}
        return Caller(
            name=name,
            role=name_of(given),
            rights=rights_of(given.values(), owned),
            limits=limits_of(given.values()),
        )


def _credential(headers: Headers) -> tuple[Credential, bytes]:
    """What kind of credential a request carries, and its text; raises Refused."""
    stated, key = headers.get(b"authorization"), headers.get(b"x-api-key")
    if stated is not None and key is not None:
        raise Refused(Reason.TWO_CREDENTIALS)
    if key is not None:
        return Credential.KEY, key.strip()
    if stated is None:
        return Credential.NONE, b""
    scheme, _, text = stated.strip().partition(b" ")
    text = text.strip()
    if scheme.lower() != b"bearer" or not text:
        raise Refused(Reason.SCHEME)
    return (Credential.KEY if text.startswith(PREFIX.encode()) else Credential.TOKEN), text
