"""Screens of a laboratory: what waits, loading a plate, a run with what holds it, controls in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import LABORATORY, REVIEWER
from yanmen.subsystems.screening.methods.courses import RUN, RUN_STATES
from yanmen.subsystems.screening.methods.instrument_files import MOST_BYTES
from yanmen.subsystems.screening.methods.levey_jennings import Value, chart
from yanmen.subsystems.screening.methods.plate_maps import parse_map, proposed, short, stands, written
from yanmen.subsystems.screening.methods.plates import columns, rows
from yanmen.subsystems.screening.methods.reading import CONTROL_FAULTS
from yanmen.subsystems.screening.methods.suspicions import DOUBTS
from yanmen.subsystems.screening.methods.westgard import RULES
from yanmen.subsystems.screening.methods.words import CONTROLS, TUBE_RESULTS
from yanmen.subsystems.screening.models import Laboratory, Run, Well
from yanmen.subsystems.screening.pages.fields import decimal, local_moment, text, whole
from yanmen.subsystems.screening.queries import laboratory as queries

STAFF = (LABORATORY, REVIEWER)
MAY_NOT = ("您当前的角色不能进行此操作。", "Your role cannot do this here.")
VIOLATIONS = RULES | CONTROL_FAULTS
SIGNS = {"negative": "−", "positive": "+", "grey": "±", "single_target": "1", "invalid": "!", "": "·"}
MARKS = {"negative": "N", "positive": "P", "weak_positive": "W"}
HOWS = {
    "assigned": {"zh": "厂家定值", "en": "Assigned"},
    "observed": {"zh": "累积实测", "en": "Observed"},
    "transferred": {"zh": "由前批转移", "en": "Transferred from the lot before"},
}
SHOWN = 30


@page(
    "screening/laboratory/",
    role=STAFF,
    name="screening.laboratory",
    zh="检测工作台",
    en="Laboratory",
    icon="lab",
    order=40,
)
def laboratory(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Tubes that wait with their age, runs and what holds them, at one laboratory of the asker's areas."""
    now = moment_of(request)
    benches = list(queries.laboratories(scope))
    chosen = _chosen(benches, request.GET.get("at", ""))
    context: dict[str, Any] = {
        "benches": benches,
        "bench": chosen,
        "may_load": scope.role == LABORATORY.name,
        "now": now,
    }
    if chosen is not None:
        context |= {
            "figures": queries.bench(scope, chosen.pk, now=now),
            "queue": queries.waiting(scope, chosen.pk)[:SHOWN],
            "runs": queries.runs(scope, chosen.pk)[:SHOWN],
            "states": RUN_STATES,
        }
    return render(request, "screening/laboratory.html", context)


@page(
    "screening/laboratory/<int:laboratory>/load/", role=LABORATORY, name="screening.load", zh="上机布板", en="Load a plate",
    methods=("GET", "POST"),
)  # fmt: skip
def load(request: HttpRequest, scope: Scope, laboratory: int) -> HttpResponse:
    """A plate by grid or by pasted lines; the queue and random controls are proposed."""
    bench, refusal, sent = _bench(scope, laboratory), None, request.POST
    wells = 384 if (sent or request.GET).get("wells") == "384" else 96
    if request.method == "POST":
        try:
            said: dict[str, Any] = {name: text(request, name, 60) for name in ("code", "instrument", "kit", "lot")}
            plate = [actions.Placed(*each) for each in _map(request, wells)]
            made = actions.load_run(laboratory=bench.pk, plate=plate, wells=wells, **said, **asked_by(request))
            messages.success(request, _("Loaded. Read the instrument's file here once it has run."))
            return redirect("screening.run", run=made.pk)
        except Refusal as error:
            refusal = error
    last = queries.runs(scope, bench.pk).first()
    cells: dict[str, tuple[str, str]] = {
        at: (tube or short(control), lot) for at, tube, control, lot in _proposal(request, scope, bench, wells)
    }
    if sent:
        cells = {name[2:]: (str(value), "") for name, value in sent.items() if name.startswith("w-") and value}
    context = {
        "bench": bench,
        "waiting": queries.waiting(scope, bench.pk).count(),
        "wells": wells,
        "grid": [(row, [(f"{row}{column}", _cell(cells.get(f"{row}{column}"))) for column in columns(wells)]) for row in rows(wells)],
        "columns": columns(wells),
        "map": sent.get("map", "") if sent else _written(cells) if wells == 384 else "",
        "sent": sent or {"instrument": last.instrument if last else "", "kit": last.kit if last else "", "lot": last.lot if last else ""},
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "screening/laboratory_load.html", context, status=422 if refusal else 200)


@page(
    "screening/runs/<int:run>/", role=STAFF, name="screening.run", zh="检测批次", en="Run", methods=("GET", "POST"),
)  # fmt: skip
def run(request: HttpRequest, scope: Scope, run: int) -> HttpResponse:
    """One run: its plate by result with doubts, what holds it, and the next act of the asker's role."""
    refusal = None
    if request.method == "POST":
        try:
            _act(request, scope, run)
            return redirect("screening.run", run=run)
        except Refusal as error:
            refusal = error
    found = queries.run(scope, run)
    if found is None:
        raise Http404(str(run))
    return render(
        request, "screening/run.html", _run(scope, found) | {"refusal": refusal}, status=422 if refusal else 200
    )


@page(
    "screening/laboratory/<int:laboratory>/controls/", role=STAFF, name="screening.controls", zh="室内质控", en="Controls",
    methods=("GET", "POST"),
)  # fmt: skip
def controls(request: HttpRequest, scope: Scope, laboratory: int) -> HttpResponse:
    """Levey-Jennings charts of a control lot with the rules it broke, and the numbers it is measured against."""
    bench, refusal = _bench(scope, laboratory), None
    if request.method == "POST":
        try:
            stated = _state(request, scope, bench)
            return redirect(f"{request.path}?material={stated.control}/{stated.lot}")
        except Refusal as error:
            refusal = error
    known = queries.charted(scope, bench.pk)
    known += [
        key for key in dict.fromkeys(queries.lots(scope, bench.pk).values_list("control", "lot")) if key not in known
    ]
    asked = tuple(request.GET.get("material", "").split("/", 1))
    material = next((each for each in known if each == asked), known[0] if known else None)
    context = {
        "bench": bench,
        "materials": [(f"{control}/{lot}", CONTROLS[control], lot, (control, lot) == material) for control, lot in known],
        "material": material,
        "charts": _charts(scope, bench, material) if material else [],
        "lots": [(each, HOWS[each.how]) for each in queries.lots(scope, bench.pk)[: queries.PAGE]],
        "open": queries.open_violations(scope).filter(run__laboratory=bench).select_related("run").order_by("-found_at")[:SHOWN],
        "titles": VIOLATIONS, "controls": CONTROLS, "charted": queries.CHARTED, "hows": HOWS, "sent": request.POST, "refusal": refusal,
    }  # fmt: skip
    return render(request, "screening/controls.html", context, status=422 if refusal else 200)


def _run(scope: Scope, found: Run) -> dict[str, Any]:
    plate = {well.position: well for well in found.plate.order_by("pk")}
    mismatches = list(queries.mismatches(scope, found.pk))
    violations = list(found.violations.order_by("pk"))
    technician, reviewer = scope.role == LABORATORY.name, scope.role == REVIEWER.name
    may = {act for act in RUN.steps[found.state] if act in (("measure", "accept", "discard") if technician else ("send_back", "release", "discard"))}  # fmt: skip
    released = list(found.tubes.filter(released_at__isnull=False).order_by("code")) if reviewer else []
    return {
        "run": found,
        "state": RUN_STATES[found.state],
        "steps": [(RUN_STATES[name], name == found.state) for name in ("loaded", "measured", "accepted", "released")],
        "grid": [(row, [_shown(plate.get(f"{row}{column}")) for column in columns(found.wells)]) for row in rows(found.wells)],
        "columns": columns(found.wells),
        "legend": [(SIGNS[name], name, title) for name, title in TUBE_RESULTS.items()],
        "controls_legend": [(MARKS[name], title) for name, title in CONTROLS.items()],
        "doubtful": [_detailed(well) for well in plate.values() if well.tube and (well.doubts or well.result not in ("", "negative"))],
        "controls": [_detailed(well) for well in plate.values() if well.control],
        "violations": [(each, VIOLATIONS.get(each.rule), CONTROLS.get(each.control)) for each in violations],
        "held": sum(each.resolved_at is None for each in violations),
        "mismatches": mismatches,
        "differ": sum(each.resolved_at is None for each in mismatches),
        "people": _people(found.loaded_by, found.accepted_by, found.released_by),
        "may": may,
        "may_settle": found.state in ("measured", "accepted"),
        "released": released,
        "results": {name: title for name, title in TUBE_RESULTS.items() if name != "invalid"},
    }  # fmt: skip


def _shown(well: Well | None) -> dict[str, Any]:
    if well is None:
        return {"sign": "", "kind": "none", "title": ""}
    title = well.tube or CONTROLS[well.control]
    kind = (well.control and "control") or well.result or "unread"
    return {
        "sign": MARKS[well.control] if well.control else SIGNS[well.result], "kind": kind, "title": title, "doubt": bool(well.doubts),
        "position": well.position, "result": TUBE_RESULTS.get(well.result),
    }  # fmt: skip


def _detailed(well: Well) -> dict[str, Any]:
    shown = [{"title": DOUBTS[each["doubt"]], "about": _said(each)} for each in well.doubts]
    return {
        "well": well,
        "named": {"zh": well.tube, "en": well.tube} if well.tube else CONTROLS[well.control],
        "result": TUBE_RESULTS.get(well.result),
        "cts": [(target, ct) for target, ct in well.targets.items()],
        "doubts": shown,
    }


def _said(doubt: Mapping[str, Any]) -> str:
    """The numbers of a doubt: a well, a Ct, a rule, so many of so many."""
    parts = [str(doubt[name]) for name in ("rule", "target", "well", "sample") if name in doubt]
    parts += [f"Ct {doubt['ct']:g}"] if "ct" in doubt else []
    parts += [f"z {doubt['z']:g}"] if "z" in doubt else []
    parts += [f"{doubt['wells']} / {doubt['of']}"] if "wells" in doubt else []
    return " ".join(parts)


def _people(*signed: str) -> dict[str, str]:
    """The names behind the signatures."""
    numbers = [int(each[8:]) for each in signed if each.startswith("account:") and each[8:].isdigit()]
    found = Account.objects.in_bulk(numbers)
    return {each: str(found[int(each[8:])]) if each.startswith("account:") and each[8:].isdigit() and int(each[8:]) in found else each for each in signed}  # fmt: skip


def _charts(scope: Scope, bench: Laboratory, material: tuple[str, str]) -> list[dict[str, Any]]:
    values = queries.values(scope, bench.pk, [material])
    broken = queries.broken(scope, {value.run.pk for value in values}, material)
    charts = []
    for target in dict.fromkeys(value.target for value in values):
        own = [value for value in values if value.target == target]
        drawn = [
            Value(
                f"{value.run.code} {value.run.measured_at:%m-%d}",
                value.ct,
                value.z,
                broken.get((value.run.pk, target), ()),
            )
            for value in own
            if value.z is not None
        ]
        stated = next((value.stated for value in reversed(own) if value.stated), None)
        charts.append({"target": target, "count": len(own), "stated": stated, "data": chart(target, drawn), "broken": [each for each in drawn if each.broken]})  # fmt: skip
    return sorted(charts, key=lambda each: each["stated"] is None)


def _state(request: HttpRequest, scope: Scope, bench: Laboratory) -> Any:
    about: dict[str, Any] = {name: text(request, name, 80) for name in ("lot", "control", "target")}
    about |= {"laboratory": bench.pk} | asked_by(request)
    how = request.POST.get("how", "")
    if how == "observed":
        return actions.observe_lot(**about)
    if how == "transferred":
        return actions.transfer_lot(former=text(request, "former", 80), **about)
    mean, deviation = decimal(request, "mean"), decimal(request, "deviation")
    return actions.state_lot(mean=mean or 0, deviation=deviation or 0, **about)


def _act(request: HttpRequest, scope: Scope, run: int) -> None:
    act, about = request.POST.get("act", ""), asked_by(request)
    note, technician = text(request, "note", 400), scope.role == LABORATORY.name
    if act == "measure" and technician:
        receipt = actions.read_file(
            run=run, measured_at=local_moment(request, "measured_at"), **_file(request), **about
        )
        messages.success(request, _("%(rows)d rows: %(read)d read, %(blank)d unused wells, %(rejected)d not readable.") % {
            "rows": receipt.rows, "read": receipt.read, "blank": receipt.blank, "rejected": len(receipt.rejected)})  # fmt: skip
    elif act == "accept" and technician:
        actions.accept_run(run=run, **about)
    elif act == "send_back" and not technician:
        actions.send_back(run=run, note=note, **about)
    elif act == "discard":
        actions.discard_run(run=run, note=note, **about)
    elif act == "release" and not technician:
        told = actions.release_run(run=run, **about)
        messages.success(request, _("Released: %(told)d people told that they are negative, %(held)d held, %(repeat)d tubes to repeat.") % vars(told))  # fmt: skip
    elif act == "settle":
        actions.settle_violation(violation=whole(request, "violation") or 0, note=note, **about)
    elif act == "differ":
        actions.settle_mismatch(run=run, finding=whole(request, "finding") or 0, note=note, **about)
    elif act == "correct" and not technician:
        actions.correct_tube(tube=text(request, "tube", 40), result=text(request, "result"), note=note, **about)
    else:
        raise Refusal(*MAY_NOT, field="act", value=act[:20])


def _file(request: HttpRequest) -> dict[str, Any]:
    upload = request.FILES.get("file")
    if upload is None:
        raise Refusal("请选择仪器文件。", "Choose the instrument's file.", field="file", value="")
    if (upload.size or 0) > MOST_BYTES:
        raise Refusal("文件超过20 MB。", "The file is larger than 20 MB.", field="file", value=upload.name or "")
    return {"content": bytes(upload.read()), "name": upload.name or ""}


def _map(request: HttpRequest, wells: int) -> list[tuple[str, str, str, str]]:
    """What was pasted; else what the grid holds."""
    pasted = request.POST.get("map", "").replace("\x00", "")
    if pasted.strip():
        return parse_map(pasted[:40_000])
    cells = ((f"{row}{column}", text(request, f"w-{row}{column}")) for row in rows(wells) for column in columns(wells))
    return [stands(at, said) for at, said in cells if said]


def _proposal(request: HttpRequest, scope: Scope, bench: Laboratory, wells: int) -> list[tuple[str, str, str, str]]:
    """The queue, longest first, with the controls that the policy asks for and the lots in use."""
    if "propose" not in request.GET:
        return []
    now, numbers = moment_of(request), queries.control_numbers(moment_of(request))
    lots = dict(reversed(queries.charted(scope, bench.pk)))
    needed = [(name, lots.get(name, "")) for name in CONTROLS for _ in range(int(numbers.get(f"{name}_least", 0)))]
    tubes = list(queries.waiting(scope, bench.pk).values_list("code", flat=True)[:wells])
    return proposed(tubes, needed, wells, f"{bench.pk}/{now.isoformat()}")


def _cell(said: tuple[str, str] | None) -> str:
    return "" if said is None else f"{said[0]}:{said[1]}" if said[1] else said[0]


def _written(cells: Mapping[str, tuple[str, str]]) -> str:
    return "\n".join(written(*stands(at, *said)) for at, said in cells.items())


def _chosen(benches: list[Laboratory], asked: str) -> Laboratory | None:
    return next((each for each in benches if str(each.pk) == asked), benches[0] if benches else None)


def _bench(scope: Scope, number: int) -> Laboratory:
    found = queries.laboratories(scope).filter(pk=number).first()
    if found is None:
        raise Http404(str(number))
    return found
