"""What imports cannot show: the borders between subsystems, and the rules of the house style that a program can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from yanmen.base.retention import Kept, KeptAlways, KeptByKind
from yanmen.desk.pages import ANY, PAGES, PUBLIC
from yanmen.loop.catalogue import Catalogue
from yanmen.loop.kinds import ANY_PLACE
from yanmen.project.discovery import PACKAGE, SUBSYSTEMS, discover, subsystems
from yanmen.project.state import ROOT

ALLOWED = {"registry", "loop", "auth", "contenttypes", "sessions"}
DOORS = {"pages", "api", "jobs"}
STANDARD = {
    "pages",
    "api",
    "jobs",
    "actions",
    "queries",
    "models",
    "statuses",
    "kinds",
    "methods",
    "tests",
    "migrations",
}
RETENTIONS = (Kept, KeptAlways, KeptByKind)
OTHER_FOLDERS = {"relations", "templates", "locale", "phone", "print", "sql", "static"}
CLOCKS = re.compile(
    r"\bdatetime\.now\(|\btimezone\.now\(|\bdate\.today\(|\btime\.time\(|\bSystemClock\(|\bclock\.now\("
)


def sources(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            if not {"tests", "migrations"} & set(file.relative_to(PACKAGE).parts):
                yield file


def modules_named(name: str) -> Iterator[Path]:
    """`queries.py`, or the files of a `queries/` folder, of every subsystem."""
    for subsystem in subsystems():
        yield from (SUBSYSTEMS / subsystem).glob(f"{name}.py")
        yield from (file for file in (SUBSYSTEMS / subsystem / name).glob("*.py"))


def public_functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_foreign_keys_of_a_subsystem_stay_at_home_or_point_down():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("yanmen.subsystems."):
            continue
        label = model._meta.app_label
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            if target is not None and target._meta.app_label not in ALLOWED | {label}:
                wrong.append(f"{model.__name__}.{field.name} points to {target._meta.label}")
            if target is not None and target._meta.app_label != label and not field.remote_field.hidden:
                wrong.append(f'{model.__name__}.{field.name}: write related_name="+"')
    assert wrong == []


def test_nobody_reaches_a_neighbour_by_its_name_in_a_string():
    other = re.compile(r"get_model\(|import_module\(|__import__\(")
    found = [shown(file) for file in sources(SUBSYSTEMS) if other.search(file.read_text("utf-8"))]
    assert found == []


def test_subsystems_have_only_the_standard_modules():
    strange = []
    for name in subsystems():
        for entry in (SUBSYSTEMS / name).iterdir():
            if entry.name.startswith(("__", ".")) or entry.suffix == ".md":
                continue
            known = STANDARD | OTHER_FOLDERS if entry.is_dir() else STANDARD
            if entry.stem not in known:
                strange.append(shown(entry))
    assert strange == []


PERSONAL = re.compile(r"(^|_)(person_id|subject|pseudonym|credential|escort)$|_(sealed|index)$")
PEOPLE = {"registry.Person", "registry.Account"}


def test_every_model_that_names_people_says_how_long_its_rows_are_kept():
    silent = []
    for model in apps.get_models():
        fields = [field for field in model._meta.get_fields() if field.concrete]
        names = [field.name for field in fields if PERSONAL.search(field.name)]
        points = [field.name for field in fields if field.is_relation and field.related_model._meta.label in PEOPLE]
        ours = model.__module__.startswith("yanmen.")
        if ours and (names or points) and not isinstance(getattr(model, "retention", None), RETENTIONS):
            silent.append(f"{model._meta.label}: {', '.join(names + points)}")
    assert silent == [], "add `retention = Kept(days, after=…)`, or KeptAlways with the reason"


def test_there_is_no_apps_module_no_signals_and_no_utils():
    names = {"apps.py", "signals.py", "utils.py", "helpers.py", "misc.py"}
    assert [shown(file) for file in sources(PACKAGE) if file.name in names] == []


def test_templates_of_a_subsystem_extend_only_the_desk_or_their_own():
    wrong = []
    for name in subsystems():
        for file in (SUBSYSTEMS / name / "templates").rglob("*.html"):
            for kind, target in re.findall(r'{%\s*(extends|include)\s+"([^"]+)"', file.read_text("utf-8")):
                if target.split("/")[0] not in ("desk", name):
                    wrong.append(f"{shown(file)}: {kind} {target}")
    assert wrong == []


def test_every_page_names_roles_that_exist():
    import yanmen.project.urls  # noqa: F401  importing it registers every page

    known = set(discover(Catalogue()).roles) | {ANY, PUBLIC}
    wrong = [f"{page.name}: {role}" for page in PAGES.values() for role in page.roles if role not in known]
    assert PAGES
    assert wrong == []


def test_strangers_open_these_pages_and_no_others():
    import yanmen.project.urls  # noqa: F401

    public = [page for page in PAGES.values() if PUBLIC in page.roles]
    files_alone = ["grid.phone", "grid.phone_file"]  # of the phone application: they say nothing of anybody
    assert [page.name for page in public] == [*files_alone, "screening.open_sites"]
    assert [page.name for page in public if page.roles != {PUBLIC} or page.nav or page.methods != ("GET",)] == []


def test_every_page_has_both_titles():
    import yanmen.project.urls  # noqa: F401

    assert [page.name for page in PAGES.values() if not re.search(r"[一-鿿]", page.zh) or not page.en] == []


def test_the_first_argument_of_every_query_is_the_scope():
    files = [*modules_named("queries"), PACKAGE / "loop" / "reading.py"]
    wrong = [
        f"{shown(file)}: {function.name}"
        for file in files
        for function in public_functions(file)
        if not (function.args.args and function.args.args[0].arg == "scope") and not _computes_only(function)
    ]
    assert wrong == []


def _computes_only(function: ast.FunctionDef) -> bool:
    """Reads nothing: no cursor, no manager, no call into the readings of the loop."""
    text = ast.unparse(function)
    return not re.search(r"\.objects\b|cursor|connection|reading\.|why\.", text)


def test_every_action_takes_its_arguments_by_name_and_is_told_who_and_when():
    wrong = []
    for file in modules_named("actions"):
        if file.name == "common.py":
            continue  # what the actions of one folder share; doors never import it
        for function in public_functions(file):
            names = {argument.arg for argument in function.args.kwonlyargs}
            if names & {"by", "now"} and (function.args.args or not {"by", "now"} <= names):
                wrong.append(f"{shown(file)}: {function.name}")
    assert wrong == []


def test_only_the_doors_read_a_clock():
    below = [PACKAGE / "registry", PACKAGE / "loop", SUBSYSTEMS]
    wrong = []
    for file in sources(*below):
        if DOORS & set(file.relative_to(PACKAGE).with_suffix("").parts):
            continue
        wrong += [f"{shown(file)}: {hit}" for hit in CLOCKS.findall(file.read_text("utf-8"))]
    assert wrong == []


def test_every_word_that_relations_and_tasks_name_is_declared():
    assert discover(Catalogue()).check() == []


def test_every_register_that_a_role_keeps_is_a_table_of_places():
    tables = {model._meta.db_table: model for model in apps.get_models()}
    named = {name for role in discover(Catalogue()).roles.values() for name in role.stands_at} - {ANY_PLACE}
    assert [name for name in named if name not in tables or tables[name]._meta.pk.column != "place_id"] == []


def test_every_kind_has_a_chinese_and_an_english_title():
    words = discover(Catalogue())
    shelves = [words.facts, words.measures, words.tasks, words.roles, words.statuses, words.relations, words.ends]
    wrong = [
        kind.name
        for shelf in shelves
        for kind in shelf.values()
        if not re.search(r"[一-鿿]", kind.zh) or re.search(r"[一-鿿]", kind.en) or not kind.en
    ]
    assert wrong == []


@pytest.mark.parametrize("name", subsystems())
def test_every_subsystem_says_what_it_is_for_in_a_readme(name):
    assert (SUBSYSTEMS / name / "README.md").is_file()


def test_the_schema_of_every_app_is_covered_by_its_migrations():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
