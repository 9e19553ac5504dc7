"""Places, organisations and households as files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from yanmen.base.identity import credit_code
from yanmen.base.refusals import Refusal
from yanmen.registry import cells
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.models import Household, Organisation, Place
from yanmen.registry.scope import Scope

Row = Any
_NUMBER = Column("number", "编号", "Number", cells.whole)
_AREA = Column("area", "地区", "Area", required=True, also=("地区代码", "area_code"))


@dataclass(frozen=True)
class Register:
    """A register whose rows are recognised by number, else by what names them."""

    model: Any
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    editable: tuple[str, ...]

    def apply(self, rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
        """Create or match each row; what a matched row says differently is corrected."""
        areas = AreaCells.load([row["area"] for row in rows], context.scope)
        by_number = self.model.objects.in_bulk([row["number"] for row in rows if "number" in row])
        resolved = [self._resolved(row, areas) for row in rows]
        good = [row for row in resolved if not isinstance(row, Refusal)]
        near = Q(area__in={row["area"] for row in good})
        if "credit_code" in self.editable:  # unique everywhere, and organisations may be read everywhere
            near |= Q(credit_code__in={row["credit_code"] for row in good if "credit_code" in row})
        by_key = {self._key_of(each): each for each in self.model.objects.filter(near).order_by("-pk")}
        return [row if isinstance(row, Refusal) else self._one(row, by_number, by_key, context) for row in resolved]

    def rows(self, scope: Scope) -> Iterator[list[str]]:
        """The asker's rows as text in the importer's columns."""
        for each in scope.within(self.model.objects, "area").order_by("pk").iterator(chunk_size=2000):
            yield [_text(getattr(each, _attribute(column.name))) for column in self.columns]

    def _resolved(self, row: Values, areas: AreaCells) -> dict[str, Any] | Refusal:
        try:
            code = areas.code(row["area"])
        except Refusal as refusal:
            return refusal.about("area", row["area"])
        return self._dangling(row) or {**row, "area": code}

    def _dangling(self, row: Values) -> Refusal | None:
        if "organisation" not in row or Organisation.objects.filter(pk=row["organisation"]).exists():
            return None
        return Refusal(
            "没有此编号的机构，请先登记机构。", "No organisation has this number. Register it first.",
            field="organisation", value=str(row["organisation"]),
        )  # fmt: skip

    def _key_of(self, row: Row) -> tuple[Any, ...]:
        read: Callable[[str], Any] = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
        code = read("credit_code") if "credit_code" in self.editable else ""
        return ("code", code) if code else tuple(read(name) or "" for name in self.key)

    def _one(self, row: dict[str, Any], by_number: Any, by_key: Any, context: Context) -> Outcome | Refusal:
        there = by_number.get(row["number"]) if "number" in row else by_key.get(self._key_of(row))
        named = by_key.get(self._key_of(row))
        if there is not None and named is not None and named.pk != there.pk:
            return Refusal(
                f"与编号 {named.pk} 重复，请核对。", f"This is already number {named.pk}. Compare the two.",
                field="number", value=str(there.pk),
            )  # fmt: skip
        if there is None and "number" in row:
            return Refusal(
                "没有此编号，新登记请将编号留空。", "There is no such number. Leave it empty for a new entry.",
                field="number", value=str(row["number"]),
            )  # fmt: skip
        values = {_attribute(name): value for name, value in row.items() if name != "number"}
        if there is None:
            made = self.model.objects.create(**values, created_at=context.now)
            by_key[self._key_of(made)] = made
            return Outcome(CREATED, str(made.pk))
        return self._correct(there, values, context.scope)

    def _correct(self, there: Row, values: dict[str, Any], scope: Scope) -> Outcome | Refusal:
        changed = [
            name for name in map(_attribute, self.editable) if name in values and getattr(there, name) != values[name]
        ]
        if changed and not scope.includes(there.area):
            return Refusal(
                "不在您的辖区，不能修改。",
                "It lies outside your area and cannot be changed.",
                field="number",
                value=str(there.pk),
            )
        for name in changed:
            setattr(there, name, values[name])
        if changed:
            there.save(update_fields=changed)
        return Outcome(MATCHED, str(there.pk))


def _attribute(name: str) -> str:
    return {"organisation": "organisation_id", "number": "pk"}.get(name, name)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


_PLACE = Register(
    Place,
    key=("area", "name_zh", "address"),
    columns=(
        _NUMBER,
        Column("kind", "类型", "Kind"),
        Column("name_zh", "名称", "Name", required=True, also=("中文名称",)),
        Column("name_en", "英文名称", "English name"),
        _AREA,
        Column("address", "地址", "Address"),
        Column("organisation", "机构编号", "Organisation number", cells.whole),
        Column("longitude", "经度", "Longitude", cells.degrees(180)),
        Column("latitude", "纬度", "Latitude", cells.degrees(90)),
    ),
    editable=("kind", "name_zh", "name_en", "area", "address", "organisation", "longitude", "latitude"),
)
_ORGANISATION = Register(
    Organisation,
    key=("area", "name_zh"),
    columns=(
        _NUMBER,
        Column("kind", "类型", "Kind"),
        Column("name_zh", "名称", "Name", required=True, also=("中文名称",)),
        Column("name_en", "英文名称", "English name"),
        _AREA,
        Column("credit_code", "统一社会信用代码", "Unified social credit code", credit_code),
    ),
    editable=("kind", "name_zh", "name_en", "area", "credit_code"),
)
_HOUSEHOLD = Register(
    Household,
    key=("area", "address"),
    columns=(_NUMBER, _AREA, Column("address", "住址", "Address", required=True, also=("地址",))),
    editable=("address",),
)

PLACES = Importer("places", "场所", "Places", _PLACE.columns, apply_rows=_PLACE.apply)
ORGANISATIONS = Importer(
    "organisations", "机构", "Organisations", _ORGANISATION.columns, apply_rows=_ORGANISATION.apply
)
HOUSEHOLDS = Importer("households", "住户", "Households", _HOUSEHOLD.columns, apply_rows=_HOUSEHOLD.apply)
place_rows, organisation_rows, household_rows = _PLACE.rows, _ORGANISATION.rows, _HOUSEHOLD.rows
