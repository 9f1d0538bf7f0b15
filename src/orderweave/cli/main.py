"""`orderweave`: what an operator and a connector's author type. One function a command, each gives an exit code."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orderweave.cli import access, configured, developing, syncing, webhooks
from orderweave.cli.exporting import Wish
from orderweave.model.exports import Format, What


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 well, 1 not well, 2 typed wrongly."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has read enough; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="orderweave", description="One GraphQL API over every system with orders.")
    commands = parser.add_subparsers(required=True, metavar="command")

    demo = commands.add_parser("demo", help="start with a generated business behind it")
    demo.add_argument("--port", type=_whole(1, 65535), default=8000)
    demo.add_argument("--seed", type=int, default=7, help="the same seed makes the same business")
    demo.add_argument("--orders", type=_whole(1, 100_000), default=500, help="how many orders it has")
    _with_systems(demo)
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="start over the systems of a configuration file")
    _with_configuration(serve)
    serve.add_argument("--workers", type=_whole(1, 64), default=1, help="how many processes answer")
    serve.set_defaults(run=lambda given: configured.serve(given.config, os.environ, given.workers))

    check = commands.add_parser("check", help="check the configuration and reach every system")
    _with_configuration(check)
    check.set_defaults(run=lambda given: asyncio.run(configured.check(given.config, os.environ)))

    systems = commands.add_parser("systems", help="list the configured systems and what they can do")
    _with_configuration(systems)
    systems.set_defaults(run=lambda given: configured.systems(given.config, os.environ))

    _with_syncing(commands)
    _add_export(commands)

    explain = commands.add_parser("explain", help="print the plan of a query without running it")
    explain.add_argument("query", help="a file, or the query itself")
    explain.add_argument("--variables", default="{}", help="a JSON object")
    explain.add_argument("--operation", default=None, help="which operation of the document")
    _with_configuration(explain)
    explain.set_defaults(
        run=lambda given: configured.explain_query(
            given.config, os.environ, given.query, given.variables, given.operation
        )
    )

    letting_in = commands.add_parser("access", help="make API keys").add_subparsers(required=True)
    key = letting_in.add_parser("key", help="make an API key, and the lines that let it in")
    key.add_argument("name", help="what it is called in the configuration and in limits")
    key.add_argument("--role", default="service", help="the role of who sends it")
    key.add_argument("--days", type=_whole(1, 3650), default=365, help="for how long it is good")
    key.set_defaults(
        run=lambda given: access.make_key(given.name, role=given.role, days=given.days, now=datetime.now(UTC))
    )

    _add_webhooks(commands)

    schema = commands.add_parser("schema", help="print the schema, or compare it").add_subparsers(required=True)
    printed = schema.add_parser("print", help="print the schema")
    printed.add_argument("--federation", action="store_true", help="as a subgraph, for a composer")
    printed.set_defaults(run=lambda given: developing.print_schema(federation=given.federation))
    schema.add_parser("reference", help="print every type and field as a page to read").set_defaults(
        run=lambda given: developing.print_reference()
    )
    diff = schema.add_parser("diff", help="compare schema.graphql with the types, and both with the release")
    diff.add_argument("--folder", type=Path, default=Path())
    diff.set_defaults(run=lambda given: developing.diff_schema(given.folder))

    _add_connector(commands)

    truth = commands.add_parser("truth", help="hold the matching and merging against generated truth")
    truth.add_argument("--orders", type=_whole(1, 100_000), default=10000)
    truth.add_argument("--seeds", type=_whole(1, 1000), default=5)
    _with_systems(truth)
    truth.set_defaults(run=_truth)
    return parser


def _add_webhooks(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands about webhooks that came."""
    came = commands.add_parser(
        "webhooks", help="register webhooks, look at those that came, replay dead ones"
    ).add_subparsers(required=True)
    listed = came.add_parser("list", help="list deliveries, the newest first; the dead ones unless told otherwise")
    listed.add_argument("--state", choices=["dead", "waiting", "done", "outdated", "all"], default="dead")
    listed.add_argument("--most", type=_whole(1, 10_000), default=50, help="how many")
    _with_configuration(listed)
    listed.set_defaults(
        run=lambda given: asyncio.run(
            webhooks.list_deliveries(given.config, os.environ, state=given.state, most=given.most)
        )
    )
    shown = came.add_parser("show", help="show one delivery")
    shown.add_argument("number", type=_whole(1, 999_999_999))
    _with_configuration(shown)
    shown.set_defaults(run=lambda given: asyncio.run(webhooks.show_delivery(given.config, os.environ, given.number)))
    registered = came.add_parser("register", help="have a system send webhooks to this gateway")
    registered.add_argument("system", help="its name in the configuration")
    registered.add_argument("--url", required=True, help="where it reaches this gateway: https://…/webhooks/SYSTEM")
    _with_configuration(registered)
    registered.set_defaults(
        run=lambda given: asyncio.run(webhooks.register(given.config, os.environ, given.system, given.url))
    )
    replayed = came.add_parser("replay", help="have dead deliveries worked on again")
    replayed.add_argument("numbers", type=_whole(1, 999_999_999), nargs="*")
    replayed.add_argument("--all", action="store_true", help="all that are dead")
    _with_configuration(replayed)
    replayed.set_defaults(
        run=lambda given: asyncio.run(
            webhooks.replay_deliveries(given.config, os.environ, given.numbers, every=given.all, now=datetime.now(UTC))
        )
    )


def _add_connector(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    connector = commands.add_parser("connector", help="work on connectors").add_subparsers(required=True)
    new = connector.add_parser("new", help="make a folder whose contract tests run")
    new.add_argument("name")
    new.add_argument("--folder", type=Path, default=Path("connectors"))
    new.set_defaults(run=lambda given: developing.new_connector(given.name, given.folder))

    held = connector.add_parser("check", help="say which rules of the quality scale a connector does not speak of")
    held.add_argument("folder", type=Path)
    held.set_defaults(run=lambda given: developing.check_connector(given.folder))
    table = connector.add_parser("page", help="print what every connector can do and how it was proven")
    table.add_argument("--folder", type=Path, default=Path("connectors"))
    table.set_defaults(run=lambda given: developing.print_connectors(given.folder))


def _with_syncing(commands: Any) -> None:
    """The commands over the index."""
    sync = commands.add_parser("sync", help="read what the systems have into the index")
    _with_configuration(sync)
    sync.add_argument("--system", action="append", default=[], help="this one alone; may be given several times")
    sync.add_argument("--watch", action="store_true", help="go on with what changes")
    sync.set_defaults(
        run=lambda given: asyncio.run(
            syncing.reported(syncing.sync(given.config, os.environ, given.system, watch=given.watch))
        )
    )

    index = commands.add_parser("index", help="look at the index, or make it anew").add_subparsers(required=True)
    standing = index.add_parser("status", help="what is in it, how far behind it is, and how wrong it was found")
    _with_configuration(standing)
    standing.set_defaults(run=lambda given: asyncio.run(syncing.reported(syncing.status(given.config, os.environ))))
    rebuilt = index.add_parser("rebuild", help="forget what is in it, and read it anew")
    _with_configuration(rebuilt)
    rebuilt.set_defaults(run=lambda given: asyncio.run(syncing.reported(syncing.rebuild(given.config, os.environ))))
    erased = index.add_parser("erase", help="forget a person, and do not learn of them again")
    erased.add_argument("email", help="the e-mail address")
    _with_configuration(erased)
    erased.set_defaults(
        run=lambda given: asyncio.run(syncing.reported(syncing.erase(given.config, os.environ, given.email)))
    )


def _with_configuration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("orderweave.toml"))


def _with_systems(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--systems", default=None, help="the connectors that play the business, such as shopify,tryton,shiphero"
    )


def _whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number in these bounds, as an argument's type."""

    def number(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number between {least} and {most}")
        return int(text)

    return number


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="write rows of the index into a folder, as files to take away")
    export.add_argument("--what", required=True, choices=[what.lower() for what in What])
    export.add_argument("--format", default="parquet", choices=[form.lower() for form in Format])
    export.add_argument("--filter", default=None, help="a JSON object, as the filter of `orders`")
    export.add_argument("--search", default=None, help="words, as the search of `orders`")
    export.add_argument("--partitioned", action="store_true", help="in folders year=…/month=… (parquet)")
    export.add_argument("--out", type=Path, required=True, help="the folder; the same command goes on there")
    _with_configuration(export)
    export.set_defaults(run=lambda given: configured.export(given.config, os.environ, _wish(given)))


def _wish(given: argparse.Namespace) -> Wish:
    return Wish(
        what=given.what,
        format=given.format,
        out=given.out,
        filter=given.filter,
        search=given.search,
        partitioned=given.partitioned,
    )


def _demo(given: argparse.Namespace) -> int:
    from orderweave.demo.serving import serve_demo  # noqa: PLC0415 - the demo's parts are no part of serving
    from orderweave.scenario import CastError  # noqa: PLC0415 - likewise

    try:
        asyncio.run(serve_demo(port=given.port, seed=given.seed, orders=given.orders, connectors=_named(given.systems)))
    except CastError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _named(systems: str | None) -> tuple[str, ...] | None:
    """The connectors in a list, None for the usual ones."""
    return None if systems is None else tuple(name.strip() for name in systems.split(",") if name.strip())


def _truth(given: argparse.Namespace) -> int:
    from orderweave.truth import hold_against_truth  # noqa: PLC0415 - as for the demo

    return hold_against_truth(orders=given.orders, seeds=given.seeds, connectors=_named(given.systems))
