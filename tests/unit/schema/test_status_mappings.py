"""Every installed connector's status map, as the API publishes it."""

from __future__ import annotations

import pytest

from orderweave.config.registry import installed, simulator
from orderweave_sdk.connecting import manifest_of
from orderweave_sdk.records import WORDS_OF_AXIS
from tests.unit.fake_systems import FakeSystem, weave
from tests.unit.schema.asking import data

QUERY = "{ statusMappings { system axis raw normalized mappingVersion } }"


@pytest.mark.parametrize("name", sorted(installed().connectors))
async def test_each_map_is_published_whole(name: str) -> None:
    """Each documented word of each axis is told once, with a meaning that the axis has and the version of the map."""
    running = simulator(name)()
    await running.start()
    try:
        declared = manifest_of(installed().connectors[name](), running.settings())
    finally:
        await running.stop()
    told = (await data(weave(FakeSystem("system", declared)), QUERY))["statusMappings"]
    words = {axis.value: set(documented) for axis, documented in declared.statuses.documented.items()}
    assert words
    assert {(one["axis"], one["raw"]) for one in told} >= {(axis, raw) for axis, raws in words.items() for raw in raws}
    assert len({(one["axis"], one["raw"]) for one in told}) == len(told)
    meanings = {axis.value: {meaning.value for meaning in words} for axis, words in WORDS_OF_AXIS.items()}
    assert [one for one in told if one["normalized"] not in meanings[one["axis"]]] == []
    assert declared.statuses.version
    assert {(one["system"], one["mappingVersion"]) for one in told} == {("system", declared.statuses.version)}
