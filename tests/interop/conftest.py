"""Sources read and planned, with what they told."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.interop import importing, planning, sources
from pfconn_jupyter.interop.steps import Wishes


@dataclass
class Importer:
    """Reads and imports sources into a store, and keeps what was told."""

    told: list[str] = field(default_factory=list)

    def read(self, word, **about):
        return {f.name: f for f in sources.read(sources.Request(str(word), self.told.append, **about))}

    def plan(self, word, to="local:", **wishes):
        found = sources.read(sources.Request(str(word), self.told.append))
        return {s.found.name: s for s in planning.plan(found, self.target(to), Wishes(**wishes))}

    def apply(self, word, to="local:", **wishes):
        steps = [*self.plan(word, to, **wishes).values()]
        return {s.found.name: s for s in importing.applied(steps, self.target(to))}

    @staticmethod
    def target(to):
        return pfconn.connections(to).store if isinstance(to, str) else to


@pytest.fixture
def importer() -> Importer:
    return Importer()
