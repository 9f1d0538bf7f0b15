"""A business to show: one retailer over four systems, made from a seed, with the mess of real life and the truth."""

from orderweave.scenario.casting import CASTS, USUAL, Cast, CastError, cast, ids_of, told
from orderweave.scenario.configuration import (
    DemoSystem,
    ReferenceField,
    Secret,
    SettingValue,
    configuration,
    demo_systems,
)
from orderweave.scenario.generation import SYSTEMS, UNTIL, generate
from orderweave.scenario.numbering import Ids
from orderweave.scenario.parcels import parcels
from orderweave.scenario.truth import PlantedConflict, PlantedOversell, Scenario, TrueOrder, TrueStock, Truth

__all__ = [
    "CASTS",
    "SYSTEMS",
    "UNTIL",
    "USUAL",
    "Cast",
    "CastError",
    "DemoSystem",
    "Ids",
    "PlantedConflict",
    "PlantedOversell",
    "ReferenceField",
    "Scenario",
    "Secret",
    "SettingValue",
    "TrueOrder",
    "TrueStock",
    "Truth",
    "cast",
    "configuration",
    "demo_systems",
    "generate",
    "ids_of",
    "parcels",
    "told",
]
