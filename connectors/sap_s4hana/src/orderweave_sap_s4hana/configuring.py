"""What the settings say: credentials, headers, and how this company's documents are read."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orderweave_sap_s4hana.deliveries import Reading
from orderweave_sap_s4hana.manifest import PLACES, TRACKING_FIELDS
from orderweave_sap_s4hana.signing import ClientCredentials, Credentials, Password
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.upstream import Upstream

_PASSWORD = ("user", "password")
_TOKENS = ("oauth_url", "client_id", "client_secret")


def problems_of(settings: Settings) -> list[str]:
    """What is wrong beyond the types, each as a sentence that names the key."""
    found = []
    given = [name for name in (*_PASSWORD, *_TOKENS) if settings.get(name)]
    if given not in (list(_PASSWORD), list(_TOKENS)):
        found.append("settings: give either user and password, or oauth_url, client_id and client_secret")
    if ":" in str(settings.get("user") or ""):
        found.append("setting user: must not hold a colon")
    if (client := settings.get("client")) and not re.fullmatch(r"[0-9]{3}", str(client)):
        found.append("setting client: must be three digits")
    if (language := settings.get("language")) and not re.fullmatch(r"[A-Za-z]{2}", str(language)):
        found.append("setting language: must be two letters")
    for name, words in (("places", PLACES), ("tracking_field", TRACKING_FIELDS)):
        if (value := settings.get(name)) and value not in words:
            found.append(f"setting {name}: must be one of {', '.join(words)}")
    try:
        _time_zone(settings)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.append("setting time_zone: must be the IANA name of a time zone, such as Europe/Berlin")
    return found


def basic(settings: Settings) -> bool:
    """Whether a user signs in with a password."""
    return bool(settings.get("user"))


def credentials(settings: Settings, tokens: Upstream | None) -> Credentials:
    """Of the kind that the settings give; `tokens` speaks to the token endpoint."""
    if tokens is None:
        return Password(settings["user"], settings["password"])
    return ClientCredentials(tokens, settings["client_id"], settings["client_secret"])


def headers(settings: Settings) -> dict[str, str]:
    """What goes with every call: the client and the language."""
    client = settings.get("client")
    return {"sap-language": settings.get("language") or "EN", **({"sap-client": client} if client else {})}


def reading_of(settings: Settings) -> Reading:
    """How deliveries, places and days are read."""
    return Reading(
        tracking_field=settings.get("tracking_field") or TRACKING_FIELDS[0],
        by_storage_location=settings.get("places") == PLACES[1],
        time_zone=_time_zone(settings),
    )


def _time_zone(settings: Settings) -> ZoneInfo:
    return ZoneInfo(settings.get("time_zone") or "UTC")
