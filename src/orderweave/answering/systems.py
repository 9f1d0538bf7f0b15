"""What the gateway knows of its systems, without asking them."""

from __future__ import annotations

from orderweave.answering.parts import Parts
from orderweave.model.listing import StatusMapping, SystemInfo, UnknownWord


def systems(parts: Parts) -> tuple[SystemInfo, ...]:
    """Every configured system, in order of the configuration."""
    found = []
    for name, spec in parts.business.systems.items():
        health = parts.systems.health[name]
        calls = parts.systems.calls(name)
        words = parts.systems.unknown_words[name].most_common()
        found.append(
            SystemInfo(
                name=name,
                title=spec.title,
                kind=spec.kind,
                connector=spec.manifest.name,
                connector_version=spec.manifest.version,
                capabilities=tuple(sorted(spec.manifest.capabilities)),
                facets=tuple(sorted(spec.manifest.facets)),
                captures_orders=spec.captures_orders,
                healthy=health.healthy,
                last_success_at=health.last_success_at,
                last_error_at=health.last_error_at,
                last_error=health.last_error,
                last_reason=health.last_reason,
                calls=health.calls,
                failures=health.failures,
                in_flight=calls.in_flight,
                waiting=calls.waiting,
                retries=calls.retries,
                hedges=calls.hedges,
                not_asked=calls.not_asked,
                held_back=calls.held_back,
                breakers=calls.breakers,
                quota=calls.quota,
                unknown_words=tuple(UnknownWord(word=word, count=count) for word, count in words),
            )
        )
    return tuple(found)


def status_mappings(parts: Parts) -> tuple[StatusMapping, ...]:
    """Every raw word that is mapped, by system and axis."""
    return tuple(
        StatusMapping(
            system=name,
            axis=axis,
            raw=raw,
            normalized=meaning,
            mapping_version=spec.manifest.statuses.version,
        )
        for name, spec in parts.business.systems.items()
        for axis, words in sorted(spec.manifest.statuses.words.items())
        for raw, meaning in words.items()
    )
