"""Making one connector work: its HTTP clients bounded by its manifest, its capabilities checked before use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orderweave_sdk.capabilities import Connector, Narrowing, Settings
from orderweave_sdk.errors import CapabilityNotDeclared
from orderweave_sdk.manifest import Capability, Manifest
from orderweave_sdk.metering import Meter
from orderweave_sdk.transport import Transport
from orderweave_sdk.upstream import Carried, Observer, Upstream


class Connecting:
    """One connector and the HTTP clients that were made for it; `close` closes both.

    `manifest` is this instance's own. `transport` replaces the network for every client (a test's seam). `meter`
    and `reserves` are handed to every client (`Upstream`): all of them draw on the one quota of the system.
    """

    def __init__(
        self,
        kind: type[Connector],
        settings: Settings,
        *,
        transport: Transport | None = None,
        observer: Observer | None = None,
        carried: Carried | None = None,
        meter: Meter | None = None,
        reserves: Sequence[float] = (0.0,),
    ) -> None:
        self.manifest = manifest_of(kind, settings)
        self._transport = transport
        self._observer = observer
        self._carried = carried
        self._meter = meter
        self._reserves = reserves
        self._made: list[Upstream] = []
        self.connector = kind(settings, self._upstream)

    def _upstream(self, base_url: str, *, headers: Mapping[str, str] | None = None) -> Upstream:
        made = Upstream(
            base_url,
            headers=headers,
            concurrency=self.manifest.concurrency,
            max_answer_bytes=self.manifest.max_answer_bytes,
            transport=self._transport,
            observer=self._observer,
            carried=self._carried,
            meter=self._meter,
            reserves=self._reserves,
        )
        self._made.append(made)
        return made

    @property
    def upstreams(self) -> tuple[Upstream, ...]:
        """The clients that the connector had made."""
        return tuple(self._made)

    async def close(self) -> None:
        """Close the connector, then its clients."""
        await self.connector.close()
        for made in self._made:
            await made.close()


def manifest_of(kind: type[Connector], settings: Settings) -> Manifest:
    """What one instance declares: the class's manifest, narrowed by the settings where the connector does so."""
    return kind.narrowed(settings) if issubclass(kind, Narrowing) else kind.manifest


def capability(connector: Connector, wanted: Capability) -> Any:
    """The connector, once its manifest declares `wanted`; raises CapabilityNotDeclared otherwise."""
    if wanted not in connector.manifest.capabilities:
        raise CapabilityNotDeclared(connector.manifest.name, wanted)
    return connector
