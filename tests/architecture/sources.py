"""The repository as the checks see it: its files, their syntax trees, and who imports what on which line."""

from __future__ import annotations

import ast
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

# What can be made again, and so is not the repository's.
_MADE = {".git", ".venv", "var", "dist", "node_modules", ".hypothesis", "__pycache__"}


class Finding(NamedTuple):
    """One breach of a rule."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}"


class Import(NamedTuple):
    """One imported module, or module and name, in full."""

    name: str
    line: int


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the repository, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, self.path)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports, also those inside functions, those for types only and those of a constant by name."""
        return tuple(self._imports())

    @property
    def room(self) -> str | None:
        """The gateway's room in which the file stands: a folder or a module right under src/orderweave."""
        prefix = "src/orderweave/"
        if not self.path.startswith(prefix):
            return None
        first = self.path.removeprefix(prefix).split("/")[0]
        return None if first == "__init__.py" else first.removesuffix(".py")

    @property
    def connector(self) -> str | None:
        """The folder's name under connectors/, where the file stands in one."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "connectors" and len(parts) > 2 else None

    def _imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                yield from (Import(f"{module}.{alias.name}", node.lineno) for alias in node.names)
            elif isinstance(node, ast.Call) and called_name(node) in {"import_module", "__import__"} and node.args:
                argument = node.args[0]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Import(argument.value, node.lineno)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.split("/src/")[-1].removeprefix("src/").split("/")[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])


def called_name(call: ast.Call) -> str:
    """The last word of what is called: `now` of `datetime.now()`."""
    target = call.func
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def is_within(name: str, module: str) -> bool:
    """Whether a name is the module or something in it."""
    return name == module or name.startswith(f"{module}.")


class Repository:
    """A checkout, or a folder laid out as one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every file's relative path, in order, without what can be made again."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in _MADE and not name.endswith(("_cache", ".egg-info"))]
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in names]
        return tuple(sorted(found))

    @cached_property
    def python(self) -> tuple[Source, ...]:
        """Every Python file."""
        return tuple(Source(path, self.read(path)) for path in self.files if path.endswith(".py"))

    @cached_property
    def connectors(self) -> Mapping[str, frozenset[str]]:
        """Each folder under connectors/ and the packages that it holds."""
        return {
            path.parent.name: frozenset(child.name for child in (path.parent / "src").iterdir() if child.is_dir())
            for path in sorted(self.root.glob("connectors/*/pyproject.toml"))
        }

    @cached_property
    def connector_names(self) -> frozenset[str]:
        """The names under which the connectors are installed: those of their entry points."""
        names: set[str] = set()
        for path in self.root.glob("connectors/*/pyproject.toml"):
            points = tomllib.loads(path.read_text()).get("project", {}).get("entry-points", {})
            names |= points.get("orderweave.connectors", {}).keys()
        return frozenset(names)

    def read(self, path: str) -> str:
        """A file's text; bytes that are no UTF-8 are replaced, so that any file can be searched."""
        return (self.root / path).read_text(errors="replace")
