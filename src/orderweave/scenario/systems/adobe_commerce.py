"""Adobe Commerce in place of one of the business's web shops."""

from __future__ import annotations

import msgspec

from orderweave.scenario.configuration import DemoSystem


def in_place_of(shop: DemoSystem) -> DemoSystem:
    """The shop with its numbers, places and name, on Adobe Commerce.

    Its simulator is filled with the shop's world as it is; its ids are the simulator's, and so are its settings.
    Nothing refers to it otherwise than to any shop: by number.
    """
    return msgspec.structs.replace(shop, connector="adobe_commerce")
