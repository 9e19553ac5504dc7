"""Zhengzhou, June 2022: 1,317 people got red codes without any fact. Here every door refuses, and inspection knows."""

import psycopg
import pytest

PEOPLE = 1317
STATE = (
    "SELECT (SELECT count(*) FROM loop_status), (SELECT count(*) FROM loop_measure), (SELECT count(*) FROM loop_event),"
    " (SELECT count(*) FROM loop_task), (SELECT count(*) FROM loop_fact)"
)


@pytest.fixture(scope="module")
def depositors(db, build):
    """Depositors of a bank, all with green codes, and an officer who may look them up."""
    from yanmen.registry.people import Details, register_people
    from yanmen.registry.scope import acting

    made = build(db)
    made.officer = made.staff("health_code.decider", "14")
    rows = [Details(name=f"储户{n}", area="140105", id_number=made.document(n)) for n in range(PEOPLE)]
    with acting(made.officer.scope):
        register_people(rows, by="test", now=made.now)
    made.ids = [row[0] for row in made.rows("SELECT id FROM registry_person ORDER BY id")]
    made.turn()
    return made


@pytest.fixture
def story(depositors, live):
    """The site in front of them; only alarms of this test count."""
    depositors.url = str(live.base_url)
    depositors.officer.base_url = depositors.url
    depositors.at("2022-08-01 09:00")
    depositors.before = depositors.rows(STATE)
    ((depositors.last_alarm,),) = depositors.rows("SELECT coalesce(max(id), 0) FROM loop_alarm")
    return depositors


def alarms(story):
    return story.rows("SELECT kind, count, actor FROM loop_alarm WHERE id > %s ORDER BY id", story.last_alarm)


def nothing_changed(story):
    story.turn()
    return story.rows(STATE) == story.before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_refuses_to_set_one_code(story, method):
    answer = story.officer.request(method, f"/api/health-code/{story.ids[0]}", json={"to": "red"})
    assert answer.status_code == 403
    assert nothing_changed(story)
    assert [(kind, many) for kind, many, _ in alarms(story)] == [("status_set_by_hand", 1)]


@pytest.mark.parametrize("body", ["list", "object", "coloured"])
def test_the_api_refuses_to_set_1317_codes_and_says_how_many_were_asked(story, body):
    sent = {
        "list": story.ids,
        "object": {"people": story.ids, "reason": "storage"},
        "coloured": {"people": story.ids, "colour": "red"},
    }[body]
    answer = story.officer.post("/api/health-code/bulk", json=sent)
    assert answer.status_code == 403
    assert "计算" in answer.json()["errors"][0]["message"]["zh"]
    assert nothing_changed(story)
    ((kind, many, actor),) = alarms(story)
    assert (kind, many, actor) == ("status_set_by_hand", PEOPLE, story.officer.scope.by)


def test_a_colour_smuggled_into_a_declaration_is_refused(story):
    answer = story.officer.post("/api/arrivals/declarations", json={"people": story.ids, "health_code": "red"})
    assert answer.status_code == 403
    assert nothing_changed(story)
    assert [many for _, many, _ in alarms(story)] == [PEOPLE]


def test_the_page_has_no_form_for_it_and_refuses_what_is_sent(story):
    browser = story.sign_in(story.officer)
    page = browser.get(f"/health-code/{story.ids[0]}/")
    assert page.status_code == 200
    assert 'name="colour"' not in page.text
    answer = browser.post(f"/health-code/{story.ids[0]}/", data={"to": "red", "person": story.ids})
    assert answer.status_code == 403
    assert nothing_changed(story)
    assert [(kind, many) for kind, many, _ in alarms(story)] == [("status_set_by_hand", PEOPLE)]


def test_a_file_with_a_colour_in_it_is_refused_as_a_whole(story):
    clerk = story.staff("arrivals.officer", "14")
    lines = [f"储户{n},{story.document(n)},140121,2022-08-01,2022-08-01,140105,红" for n in range(PEOPLE)]
    header = "姓名,身份证号,出发地,离开日期,预计抵达日期,目的地,健康码颜色"
    content = "\n".join([header, *lines]).encode()
    answer = clerk.post("/api/arrivals/imports", files={"file": ("名单.csv", content)})
    assert answer.status_code == 403
    assert nothing_changed(story)
    assert [(kind, many) for kind, many, _ in alarms(story)] == [("status_set_by_hand", PEOPLE)]


def as_application(story):
    """A session as the application's own role, inside the province: what an intruder with its password has."""
    connection = psycopg.connect(story.database, autocommit=True)
    connection.execute("SET ROLE yanmen_app")
    connection.execute("SELECT set_config('yanmen.area', '14', false), set_config('yanmen.purpose', 'control', false)")
    connection.execute("SELECT set_config('yanmen.account', '7', false)")
    return connection


STATUSES = """
    INSERT INTO loop_status (subject_type, subject, status, value, area, version, since, because)
    SELECT 'person', id, 'health_code', 'red', area, 1, now(), '{}' FROM registry_person
"""
MEASURES = """
    INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, known_on,
                              since_at, evidence, imposed_at)
    SELECT 'arrivals.from_high_risk_area', 'stay_and_test', 'person', id, 'x', area, 'in_force',
           (SELECT max(id) FROM loop_edition), '2022-08-01', '2022-08-01', now(), '{}', now()
    FROM registry_person
"""
LEDGER = """
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state,
                            edition_id, count_from, known_on, over_hold, evidence, note)
    SELECT 1, now(), 'imposed', 1, 'x', 'stay_and_test', 'person', id, 'x', area, 'in_force', 1, '2022-08-01',
           '2022-08-01', false, '{}', ''
    FROM registry_person
"""


@pytest.mark.parametrize("statement", [STATUSES, MEASURES, LEDGER], ids=["status", "measure", "ledger"])
def test_sql_as_the_application_inserts_nothing_and_raises_an_alarm(story, statement):
    with as_application(story) as connection:
        connection.execute(statement)
    assert nothing_changed(story)
    assert [(kind, many) for kind, many, _ in alarms(story)] == [("computed_state_written", PEOPLE)]


@pytest.mark.parametrize("table", ["loop_status", "loop_measure", "loop_event", "loop_task"])
def test_sql_as_the_application_updates_and_deletes_nothing(story, table):
    with as_application(story) as connection:
        connection.execute(f"UPDATE {table} SET area = '140105'")
        connection.execute(f"DELETE FROM {table}")
    assert nothing_changed(story)
    assert {kind for kind, _, _ in alarms(story)} == {"computed_state_written"}


def test_the_application_cannot_switch_the_guard_off(story):
    with as_application(story) as connection:
        for attempt in (
            "ALTER TABLE loop_status DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "DROP TRIGGER refuse_rows ON loop_status",
            "TRUNCATE loop_alarm",
            "DELETE FROM loop_alarm",
            "COPY loop_status FROM PROGRAM 'true'",
            "UPDATE loop_edition SET body = '{}'",
            "INSERT INTO loop_edition_stage SELECT * FROM loop_edition_stage LIMIT 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)
    assert nothing_changed(story)


def test_a_look_up_is_logged_and_stays_possible(story):
    assert story.code(story.officer, story.ids[0])["value"] == "green"
    looked = story.rows("SELECT DISTINCT person_id, account_id FROM registry_accesslog WHERE what = 'health code'")
    assert looked == [(story.ids[0], story.officer.scope.account)]
