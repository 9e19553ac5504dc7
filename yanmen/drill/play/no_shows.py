"""Who does not come to a test: only people who owe one today, as the software lists it, so that it can be asked to notice every one."""

from __future__ import annotations

from yanmen.drill.play.rounds import Rounds
from yanmen.drill.play.town import Town
from yanmen.subsystems.screening.models import Round
from yanmen.subsystems.screening.queries import campaigns

DUE = """
SELECT subject FROM loop_task
WHERE subject_type = 'person' AND kind IN ('test', 'release_test', 'resample') AND state = 'open' AND opens_at <= %s
  AND due_at > %s AND due_at <= %s
GROUP BY subject ORDER BY min(due_at), subject
"""


def owing(town: Town, rounds: Rounds, taken: set[int]) -> list[int]:
    """People (indices) whose test is due before tomorrow, then those missing from an open round who are called today.

    Who was sampled today already (`taken`) or is a case owes nothing any more.
    """
    due = [int(person) for (person,) in town.rows(DUE, town.now, town.now, town.at(24))]
    owed = [town.index[person] for person in due if person in town.index]
    called = set(rounds.called())
    if called:
        with town.acting("screening.manager") as who:
            for number in sorted(rounds.open.values()):
                listed = campaigns.missing_people(who["scope"], Round.objects.get(pk=number))
                owed += [index for row in listed if (index := town.index.get(row["person"])) in called]
    return [each for each in dict.fromkeys(owed) if each not in taken and int(town.persons[each]) not in town.cases]
