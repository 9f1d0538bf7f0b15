"""Why somebody is not let in: the reason is counted, its words are for the caller and tell nothing of a credential."""

from __future__ import annotations

from enum import StrEnum

from orderweave.access.identity import Unidentified
from orderweave.model.codes import Code


class Reason(StrEnum):
    """What is wrong with a credential, or with there being none."""

    NO_CREDENTIAL = "NO_CREDENTIAL"
    TWO_CREDENTIALS = "TWO_CREDENTIALS"
    SCHEME = "SCHEME"
    KEY_MISTYPED = "KEY_MISTYPED"
    KEY_UNKNOWN = "KEY_UNKNOWN"
    KEY_EXPIRED = "KEY_EXPIRED"
    TOKEN_MALFORMED = "TOKEN_MALFORMED"  # noqa: S105 - the name of a reason
    TOKEN_SIZE = "TOKEN_SIZE"  # noqa: S105 - the name of a reason
    TOKEN_HEADER = "TOKEN_HEADER"  # noqa: S105 - the name of a reason
    TOKEN_TYPE = "TOKEN_TYPE"  # noqa: S105 - the name of a reason
    TOKEN_ALGORITHM = "TOKEN_ALGORITHM"  # noqa: S105 - the name of a reason
    TOKEN_ISSUER = "TOKEN_ISSUER"  # noqa: S105 - the name of a reason
    TOKEN_KEY = "TOKEN_KEY"  # noqa: S105 - the name of a reason
    TOKEN_SIGNATURE = "TOKEN_SIGNATURE"  # noqa: S105 - the name of a reason
    TOKEN_AUDIENCE = "TOKEN_AUDIENCE"  # noqa: S105 - the name of a reason
    TOKEN_TIMES = "TOKEN_TIMES"  # noqa: S105 - the name of a reason
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - the name of a reason
    TOKEN_EARLY = "TOKEN_EARLY"  # noqa: S105 - the name of a reason
    TOKEN_CLAIMS = "TOKEN_CLAIMS"  # noqa: S105 - the name of a reason
    TOKEN_BOUND = "TOKEN_BOUND"  # noqa: S105 - the name of a reason
    NO_ROLE = "NO_ROLE"
    KEYS_UNAVAILABLE = "KEYS_UNAVAILABLE"
    KEYS_ASKED_JUST_NOW = "KEYS_ASKED_JUST_NOW"


_WORDS = {
    Reason.NO_CREDENTIAL: "say who you are: Authorization: Bearer with a token or an API key, or x-api-key",
    Reason.TWO_CREDENTIALS: "give one credential, by Authorization or by x-api-key",
    Reason.SCHEME: "the header Authorization must be Bearer with a token or an API key",
    Reason.KEY_MISTYPED: "the API key is mistyped or cut short",
    Reason.KEY_UNKNOWN: "the API key is not known here",
    Reason.KEY_EXPIRED: "the API key has expired",
    Reason.TOKEN_MALFORMED: "the token is not a signed JWT that can be read",
    Reason.TOKEN_SIZE: "the token is too large",
    Reason.TOKEN_HEADER: "the token's header holds what is not taken here",
    Reason.TOKEN_TYPE: "the token's type (typ) is not one that is taken here",
    Reason.TOKEN_ALGORITHM: "the token's algorithm (alg) is not one that is taken here",
    Reason.TOKEN_ISSUER: "the token's issuer (iss) is not known here",
    Reason.TOKEN_KEY: "the token's key (kid) is not one of its issuer's",
    Reason.TOKEN_SIGNATURE: "the token's signature does not hold",
    Reason.TOKEN_AUDIENCE: "the token is for another audience (aud)",
    Reason.TOKEN_TIMES: "the token's times (exp, nbf, iat) make no sense, or it lives longer than is taken here",
    Reason.TOKEN_EXPIRED: "the token has expired",
    Reason.TOKEN_EARLY: "the token is not valid yet",
    Reason.TOKEN_CLAIMS: "a claim of the token is missing or of another type than it should be",
    Reason.TOKEN_BOUND: "the token is bound to a key (cnf), which is not taken as a bearer token",
    Reason.NO_ROLE: "the token names no role of this gateway",
    Reason.KEYS_UNAVAILABLE: "the token cannot be checked at present: its issuer does not give its keys; try again",
    Reason.KEYS_ASKED_JUST_NOW: "the token's key (kid) is not known yet, and the issuer was asked just now; try again",
}
_STATUS = {Reason.NO_ROLE: 403, Reason.KEYS_UNAVAILABLE: 503, Reason.KEYS_ASKED_JUST_NOW: 503}
_CODES = {
    Reason.NO_ROLE: Code.FORBIDDEN,
    Reason.KEYS_UNAVAILABLE: Code.ISSUER_UNAVAILABLE,
    Reason.KEYS_ASKED_JUST_NOW: Code.ISSUER_UNAVAILABLE,
}


class Refused(Unidentified):
    """A caller who is not let in, for one of the reasons; `retry_seconds` where time mends it."""

    def __init__(self, reason: Reason, *, retry_seconds: int = 1) -> None:
        code = _CODES.get(reason, Code.UNAUTHENTICATED)
        super().__init__(_WORDS[reason], status=_STATUS.get(reason, 401), code=code, retry_seconds=retry_seconds)
        self.reason = reason
