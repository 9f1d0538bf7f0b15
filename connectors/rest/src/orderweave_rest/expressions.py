"""JMESPath expressions over an answer's JSON: compiled once, exact in numbers, with a few functions of our own.

https://jmespath.org/specification.html says all that the language has. Its own arithmetic is on binary floats; an
answer is read with Decimal for every fraction, so `sum` and `to_number` are replaced by exact ones.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import jmespath
import jmespath.exceptions
import msgspec
from jmespath import functions

from orderweave_rest.reading_errors import BadValue

Number = int | Decimal

_NAMES = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class _Functions(functions.Functions):
    """The language's functions, and ours: each `_func_<name>` is one."""

    @functions.signature({"types": ["array"]})
    def _func_sum(self, numbers: list[Any]) -> Number:
        return sum((_number(number) for number in numbers), 0)

    @functions.signature({"types": []})
    def _func_to_number(self, given: Any) -> Number | None:
        try:
            return _number(given)
        except BadValue:
            return None

    @functions.signature({"types": []}, {"types": []})
    def _func_subtract(self, first: Any, second: Any) -> Number | None:
        return None if first is None or second is None else _number(first) - _number(second)

    @functions.signature({"types": []}, {"types": []})
    def _func_multiply(self, first: Any, second: Any) -> Number | None:
        return None if first is None or second is None else _number(first) * _number(second)

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        return text.split(separator) if text and separator else []

    @functions.signature({"types": ["string", "null"]})
    def _func_lower(self, text: str | None) -> str | None:
        return text.lower() if text is not None else None

    @functions.signature({"types": ["string", "null"]})
    def _func_upper(self, text: str | None) -> str | None:
        return text.upper() if text is not None else None

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]}, {"types": ["string"]})
    def _func_replace(self, text: str | None, old: str, new: str) -> str | None:
        return text.replace(old, new) if text is not None and old else text


# What is ours in the language; the documentation names each.
OWN_FUNCTIONS = ("lower", "multiply", "replace", "split", "subtract", "sum", "to_number", "upper")
_OPTIONS = jmespath.Options(custom_functions=_Functions())


class Expression:
    """One expression. `text` is what the configuration says."""

    def __init__(self, text: str) -> None:
        """Raises BadValue that says where the text is no expression."""
        self.text = text
        # Most expressions of a mapping are names with dots between them; interpreting those would be most of the work.
        self._names = tuple(text.split(".")) if _NAMES.fullmatch(text) else None
        try:
            self._parsed = jmespath.compile(text)
            self._parsed.search(None, options=_OPTIONS)
        except (jmespath.exceptions.UnknownFunctionError, jmespath.exceptions.ArityError) as error:
            raise BadValue(str(error)) from None
        except RecursionError:
            raise BadValue("is nested too deeply") from None
        except (jmespath.exceptions.LexerError, jmespath.exceptions.ParseError) as error:
            told = " ".join(str(error).split()).removeprefix("Invalid jmespath expression: ")
            raise BadValue(f"is no JMESPath expression: {told}") from None
        except (jmespath.exceptions.JMESPathError, BadValue, TypeError, ValueError, AttributeError):
            pass  # nothing is there yet for its functions to work on

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def search(self, document: Any) -> Any:
        """What the expression finds in the document; None for nothing. Raises BadValue where its functions cannot."""
        if self._names is not None:
            for name in self._names:
                document = document.get(name) if isinstance(document, dict) else None
            return document
        return self.interpreted(document)

    def interpreted(self, document: Any) -> Any:
        """As `search`, by the language's own interpreter whatever the expression."""
        try:
            return self._parsed.search(document, options=_OPTIONS)
        except (jmespath.exceptions.JMESPathError, ArithmeticError, TypeError, ValueError, AttributeError):
            raise BadValue("the expression cannot be worked out on this answer") from None


@lru_cache(maxsize=4096)
def expression(text: str) -> Expression:
    """The expression, compiled once for all that say the same. Raises BadValue."""
    return Expression(text)


def document_of(body: bytes) -> Any:
    """The JSON of an answer, with Decimal for every fraction. Raises msgspec.DecodeError and its like."""
    return _DECODER.decode(body)


def _number(given: Any) -> Number:
    if isinstance(given, bool) or not isinstance(given, int | Decimal | str):
        raise BadValue("not a number")
    if isinstance(given, int):
        return given
    try:
        found = Decimal(given)
    except InvalidOperation:
        raise BadValue("not a number") from None
    if not found.is_finite():
        raise BadValue("not a finite number")
    return found
