"""The area that a cell of a file names, inside the area of whoever sends the file."""

from collections.abc import Iterable
from dataclasses import dataclass

from yanmen.base.refusals import Refusal
from yanmen.registry.areas import AreaNames
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope


@dataclass(frozen=True)
class AreaCells:
    """Reads codes of any level, and names down to the county."""

    scope: Scope
    names: AreaNames
    deep: frozenset[str]

    @classmethod
    def load(cls, texts: Iterable[str], scope: Scope) -> "AreaCells":
        """Prepare for these cells: townships and villages are looked up by code, all at once."""
        codes = {text for text in texts if len(text) > 6 and text.isascii() and text.isdigit()}
        rows = Area.objects.filter(code__in=codes, valid_to=None) if codes else Area.objects.none()
        return cls(scope, AreaNames.load(within=scope.area), frozenset(rows.values_list("code", flat=True)))

    def code(self, text: str) -> str:
        """The code; refuses what does not exist, could be several, or lies outside the scope."""
        if text in self.deep:
            self.scope.require(text)
            return text
        found = self.names.find(text)
        if found is None:
            raise Refusal(
                "没有这个地区，或不在您的辖区。请填写代码或“太原市清徐县”这样的全称。",
                "There is no such area in yours. Give its code or a full name such as 太原市清徐县.",
                field="area",
                value=text,
            )
        self.scope.require(found.code)
        return str(found.code)
