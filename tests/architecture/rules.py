"""Who may know whom, and what may stand where: the tables that the checks read. A new room is entered here."""

from __future__ import annotations

# From the inside out. A room imports from itself and from the lines above its own, never sideways or outwards.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"model", "quality", "scaffold"}),
    frozenset({"planning", "matching"}),
    frozenset({"observing"}),
    frozenset({"caching", "durable"}),
    frozenset({"config", "merging"}),
    frozenset({"inventory"}),
    frozenset({"projection", "index"}),
    frozenset({"calling", "exporting"}),
    frozenset({"access", "guests"}),
    frozenset({"fetching"}),
    frozenset({"sync"}),
    frozenset({"answering"}),
    frozenset({"operations", "live"}),
    frozenset({"schema", "receiving"}),
    frozenset({"web"}),
    frozenset({"bootstrap"}),
    frozenset({"serving"}),
    frozenset({"scenario"}),
    frozenset({"demo"}),
    frozenset({"truth"}),
    frozenset({"cli"}),
)

# Rooms that compute: the same words in give the same words out.
PURE_ROOMS = frozenset({"planning", "matching", "merging", "projection", "model"})
IMPURE_MODULES = frozenset(
    {
        "aiohttp",
        "asyncio",
        "anyio",
        "http",
        "httpx",
        "io",
        "logging",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "socket",
        "sqlalchemy",
        "sqlite3",
        "ssl",
        "starlette",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
        "uvicorn",
        "orderweave_sdk.aiohttp_transport",
        "orderweave_sdk.connecting",
        "orderweave_sdk.testing",
        "orderweave_sdk.transport",
        "orderweave_sdk.upstream",
    }
)
IMPURE_CALLS = frozenset({"open", "print", "input", "now", "utcnow", "today"})

# Places that find and start simulators.
MAY_START_SIMULATORS = (
    "src/orderweave/config/registry.py",
    "src/orderweave/scenario/",
    "src/orderweave/demo/",
    "src/orderweave/truth/",
)

# Places whose business it is to know a connector by its name.
MAY_NAME_CONNECTORS = ("src/orderweave/config/registry.py", "src/orderweave/scenario/")

EMPTY_NAMES = frozenset({"util", "utils", "helper", "helpers", "manager", "managers", "base", "misc", "common"})
LONGEST_FILE = 400

# In pieces, because these words may stand in no file, and this is one.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
    )
)
HOMES = ("work", "root", "home", "Users", "opt")
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" * 3)
