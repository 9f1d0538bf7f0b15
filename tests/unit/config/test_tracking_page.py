"""The `[tracking.page]` table: what it gives, and what is said of a brand that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.config.configuration import TrackingPage
from orderweave.config.tracking_page import (
    DARK_GROUND,
    KEYS,
    LIGHT_GROUND,
    contrast,
    lightened,
    read_tracking_page,
)
from tests.unit.config.conftest import Read

SHOP = (
    '[systems.shop]\nconnector = "shop"\nsettings = { url = "https://shop.example.com", token = { env = "TOKEN" } }\n'
)
SEALED = {"TOKEN": "s3cret-token", "TRACKING": "k" * 32}
GUESTS = '[tracking]\nkeys = [{ env = "TRACKING" }]\n'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def problem(folder: Path, **given: object) -> str:
    """The one thing that is wrong with a table."""
    _, (found,) = read_tracking_page(given, folder)
    assert found.key == f"tracking.page.{next(iter(given))}"
    return found.message


def test_no_page_without_the_table(read: Read) -> None:
    """Without `[tracking]` there is no page; with it alone there is one under the default brand."""
    assert read(SHOP).tracking is None
    settings = read(SHOP + GUESTS, SEALED).tracking
    assert settings is not None
    assert settings.page == TrackingPage()


def test_a_whole_brand(read: Read, tmp_path: Path) -> None:
    """Every key is taken; the logo is read from beside the configuration file, the dark accent follows the light."""
    (tmp_path / "logo.svg").write_bytes(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- ours -->\n<svg xmlns='x'/>")
    settings = read(
        SHOP
        + GUESTS
        + """[tracking.page]
name = "Grün & Söhne"
logo = "logo.svg"
accent = "#7A2E5D"
support_url = "https://shop.example.com/help?from=track"
support_email = "hilfe@example.com"
""",
        SEALED,
    ).tracking
    assert settings is not None
    page = settings.page
    assert page.logo is not None
    assert (page.logo.media_type, page.logo.ending, page.logo.content[-6:]) == ("image/svg+xml", "svg", b"='x'/>")
    assert (page.name, page.accent, page.accent_dark) == ("Grün & Söhne", "#7a2e5d", lightened("#7a2e5d"))
    assert (page.support_url, page.support_email) == ("https://shop.example.com/help?from=track", "hilfe@example.com")


@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (WEBP, "image/webp"), (b"<svg/>", "image/svg+xml")])
def test_logos_are_known_by_their_bytes(content: bytes, kind: str, tmp_path: Path) -> None:
    """What a logo is, its bytes say, whatever its name is."""
    (tmp_path / "logo.png").write_bytes(content)
    page, problems = read_tracking_page({"logo": "logo.png"}, tmp_path)
    assert problems == []
    assert page.logo is not None
    assert page.logo.media_type == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<html><svg/></html>", b"<!-- <svg/> -->", b"<svgx/>", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>"],
)
def test_other_files_are_no_logo(content: bytes, tmp_path: Path) -> None:
    """A page, another kind of image, and an SVG that declares entities are refused."""
    (tmp_path / "logo").write_bytes(content)
    assert problem(tmp_path, logo="logo") == "the file must be a PNG, WebP or SVG image"


def test_a_logo_is_bounded(tmp_path: Path) -> None:
    """A logo of just so many bytes is taken, one more is not."""
    (tmp_path / "logo").write_bytes(PNG + b"\0" * (65536 - len(PNG)))
    assert read_tracking_page({"logo": "logo"}, tmp_path)[1] == []
    (tmp_path / "logo").write_bytes(PNG + b"\0" * (65537 - len(PNG)))
    assert problem(tmp_path, logo="logo") == "the file must have at most 65536 bytes"


@pytest.mark.parametrize("path", ["nowhere.png", ".", "\0"])
def test_a_logo_that_cannot_be_read(path: str, tmp_path: Path) -> None:
    """A file that is not there, a folder and no path at all are one clear problem each."""
    assert problem(tmp_path, logo=path).startswith("the file cannot be read (")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("accent", "#ffcc00", "has a contrast of 1.3 to the page's light ground #f6f5f1, and text needs 4.5"),
        ("accent_dark", "#0b6650", "has a contrast of 2.3 to the page's dark ground #1c1f24, and text needs 4.5"),
        ("accent", "#fc0", "must be a color such as #0b6650"),
        ("accent", "green", "must be a color such as #0b6650"),
        ("accent", "#0b6650; } body { display: none", "must be a color such as #0b6650"),
        ("name", "", "must be a text"),
        ("name", 7, "must be a text"),
        ("name", "x" * 61, "must be one line of at most 60 characters"),
        ("name", "one\ntwo", "must be one line of at most 60 characters"),
        ("support_url", "javascript:alert(1)", "must be an address such as https://example.com/help"),
        ("support_url", "https://", "must be an address such as https://example.com/help"),
        ("support_url", "https://ann:secret@example.com", "must be an address such as https://example.com/help"),
        ("support_url", "https://[", "must be an address such as https://example.com/help"),
        ("support_email", "help", "must be an e-mail address such as help@example.com"),
        ("support_email", "help@example.com?bcc=x@example.com", "must be an e-mail address such as help@example.com"),
        ("colour", "#0b6650", "unknown key; known here: accent, accent_dark, logo, name, support_email, support_url"),
    ],
)
def test_mistakes(key: str, value: object, said: str, tmp_path: Path) -> None:
    """What cannot be a brand is said with what would be right, and nothing of it reaches the page."""
    assert problem(tmp_path, **{key: value}).startswith(said)


def test_all_mistakes_at_once(read: Read, problems: object) -> None:
    """Every mistake of the table is told, with its key, beside those of the rest of the file."""
    text = SHOP + GUESTS + 'guests = 1\n[tracking.page]\naccent = "red"\nlogo = 5\n[server]\nport = 0\n'
    found = problems(text, SEALED)  # type: ignore[operator]  # a fixture that is a function
    assert [key for key, _ in found] == [
        "server.port",
        "tracking.guests",
        "tracking.page.accent",
        "tracking.page.logo",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("tracking = 1\n", "tracking"),
        ('tracking.page = 1\ntracking.keys = [{ env = "TRACKING" }]\n', "tracking.page"),
    ],
)
def test_no_table(text: str, key: str, problems: object) -> None:
    """What is no table is told as such."""
    assert problems(text + SHOP, SEALED) == [(key, "must be a table")]  # type: ignore[operator]  # a fixture that is a function


def test_contrast_is_wcags() -> None:
    """The contrast is WCAG's: 21 for black on white, 1 for a color on itself, and its own example in between."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#336699", "#336699") == 1
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_default_brand_can_be_read() -> None:
    """The default accents keep the rule that is made for others'."""
    assert contrast(TrackingPage().accent, LIGHT_GROUND) >= 4.5
    assert contrast(TrackingPage().accent_dark, DARK_GROUND) >= 4.5


@given(COLORS)
def test_any_color_is_made_to_be_read_in_the_dark(color: str) -> None:
    """Whatever the light accent is, the dark one that follows from it has a contrast of 7; a light one stays."""
    assert contrast(lightened(color), DARK_GROUND) >= 7
    if contrast(color, DARK_GROUND) >= 7:
        assert lightened(color) == color


@given(st.dictionaries(st.sampled_from([*KEYS, "odd"]), st.text(max_size=40) | st.integers() | st.none()))
def test_anything_is_read_or_refused(table: dict[str, object]) -> None:
    """Whatever stands in the table, reading it gives a page and problems, and raises nothing."""
    page, problems = read_tracking_page(table, Path("nowhere"))
    assert isinstance(page, TrackingPage)
    assert {each.key for each in problems} <= {f"tracking.page.{key}" for key in table}
