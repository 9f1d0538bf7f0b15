"""Commands over a configuration file."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from orderweave.bootstrap import Orderweave
from orderweave.cli import exporting
from orderweave.cli.exporting import Wish
from orderweave.config import Configuration, ConfigurationError, installed, load
from orderweave.observing.logs import set_up_logs
from orderweave.operations.explaining import ExplainError, explain
from orderweave.planning.authority import Authority
from orderweave.schema import build_schema
from orderweave.serving import CannotListen
from orderweave.serving import serve as start
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Capability
from orderweave_sdk.webhooks import PUBLIC_KEYS, SECRETS

_CHECK_SECONDS = 10.0
# A configuration made by another program may point at itself; a query on the command line is no larger than this.
_MOST_QUERY_BYTES = 1024 * 1024


def loaded(path: Path, environment: Mapping[str, str]) -> Configuration | None:
    """The configuration, or None after its problems have been printed."""
    try:
        return load(path, registry=installed(), environment=environment)
    except ConfigurationError as error:
        for problem in error.problems:
            print(f"{error.file}: {problem.key}: {problem.message}", file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}; nothing was started", file=sys.stderr)
        return None


def serve(path: Path, environment: Mapping[str, str], workers: int) -> int:
    """Serve until stopped."""
    configuration = loaded(path, environment)
    if configuration is None:
        return 1
    set_up_logs(configuration.observing.log_format)
    registry = installed()
    try:
        return start(configuration, lambda: load(path, registry=registry, environment=environment), workers=workers)
    except CannotListen as error:
        print(error, file=sys.stderr)
        return 1


def export(path: Path, environment: Mapping[str, str], wish: Wish) -> int:
    """Export rows of the index into a folder."""
    configuration = loaded(path, environment)
    return 1 if configuration is None else exporting.export(configuration, wish)


async def check(path: Path, environment: Mapping[str, str]) -> int:
    """One line a system: reachable and let in, or what to do; 1 when any is not."""
    configuration = loaded(path, environment)
    if configuration is None:
        return 1
    woven = Orderweave(configuration)
    failed = False
    try:
        for name, spec in configuration.business.systems.items():
            call = woven.systems.call(_CHECK_SECONDS)
            said, issue = await woven.systems.ask(name, frozenset(), str, _checked(call), call)
            if issue is not None:
                failed = True
                print(f"FAIL {name} ({spec.manifest.title}): {issue.reason.value}: {issue.message}")
            else:
                abilities = ", ".join(sorted(capability.value for capability in spec.manifest.capabilities))
                print(f"ok   {name} ({spec.manifest.title}): {said}; {abilities}")
        for name, keys in woven.identifier.keys.items() if woven.identifier is not None else ():
            count, problem = await keys.check()
            if problem is not None:
                failed = True
                print(f"FAIL issuer {name}: {problem}; its tokens cannot be checked")
            else:
                print(f"ok   issuer {name}: {count} key{'s' if count > 1 else ''}")
        if woven.shared_cache is not None and await woven.shared_cache.answers():
            print("ok   cache (redis): answers")
        elif woven.shared_cache is not None:
            failed = True
            print("FAIL cache (redis): does not answer; the gateway would go on without it, each worker by itself")
    finally:
        await woven.close()
    for warning in warnings(configuration):
        print(f"note {warning}")
    return 1 if failed else 0


def _checked(call: Call) -> Callable[[Connector], Awaitable[str]]:
    return lambda connector: connector.check(call)


def warnings(configuration: Configuration) -> list[str]:
    """What is allowed but seldom meant."""
    business = configuration.business
    found = []
    for name, spec in business.systems.items():
        if not spec.references and not spec.captures_orders:
            found.append(f"{name}: no orders are placed here and no references are configured: nothing will match it")
    if not business.places:
        found.append("no [[locations]] are configured: stock of one place in two systems counts twice")
    if configuration.tracking is not None and configuration.redis is None:
        found.append("tracking without [redis]: each process counts attempts and knows revocations by itself")
    found += _unsigned(configuration)
    return found


def _unsigned(configuration: Configuration) -> list[str]:
    """Systems that could send webhooks, of which none would be believed."""
    if configuration.webhooks is None:
        return []
    return [
        f"{name}: without {SECRETS} or {PUBLIC_KEYS} no webhook of it is believed"
        for name, system in configuration.systems.items()
        if Capability.RECEIVE_WEBHOOKS in system.spec.manifest.capabilities
        and not system.settings.keys() & {SECRETS, PUBLIC_KEYS}
    ]


def systems(path: Path, environment: Mapping[str, str]) -> int:
    """A table of the systems and what they declare."""
    configuration = loaded(path, environment)
    if configuration is None:
        return 1
    for name, spec in configuration.business.systems.items():
        manifest = spec.manifest
        print(f"{name}  {spec.title} ({manifest.name} {manifest.version}, {manifest.kind.value.lower()})")
        print(f"  orders placed here: {'yes' if spec.captures_orders else 'no'}")
        print(f"  can: {', '.join(sorted(capability.value for capability in manifest.capabilities))}")
        print(f"  knows: {', '.join(sorted(facet.value for facet in manifest.facets))}")
        batches = (f"{by} x {batch.size} ({batch.strategy.value})" for by, batch in manifest.lookups.items())
        print(f"  looks up by: {', '.join(batches)}")
    return 0


def explain_query(path: Path, environment: Mapping[str, str], query: str, variables: str, operation: str | None) -> int:
    """The plan of a query, from a file or as typed."""
    configuration = loaded(path, environment)
    if configuration is None:
        return 1
    try:
        given = msgspec.json.decode(variables, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        print("--variables must be a JSON object", file=sys.stderr)
        return 2
    document = _document(query)
    if document is None:
        print(f"{query} cannot be read", file=sys.stderr)
        return 2
    business = configuration.business
    try:
        plan = explain(
            document,
            given,
            schema=build_schema()._schema,
            business=business,
            authority=Authority(business),
            indexed=configuration.index is not None,
            operation_name=operation,
        )
    except ExplainError as error:
        print(error, file=sys.stderr)
        return 1
    print(plan, end="")
    return 0


def _document(query: str) -> str | None:
    if "{" in query:
        return query
    try:
        with Path(query).open(encoding="utf-8") as file:
            return file.read(_MOST_QUERY_BYTES)
    except (OSError, UnicodeDecodeError):
        return None
