"""Linen of quarantine sites: bought once, laid out for guests, changed and washed in turn."""

from __future__ import annotations

from django.db.models import Count

from yanmen.drill.play.town import Town
from yanmen.subsystems.quarantine.actions.linen import move_linen
from yanmen.subsystems.quarantine.models import Site, Stay
from yanmen.subsystems.quarantine.queries.linen import holdings

STAFF = "quarantine.staff"
BOUGHT = 3
"""Assumed: sets that a site buys for each room."""
CHANGED = 3
"""Assumed: a guest's bed is made anew every so many days."""
LAUNDRY = "演练洗涤厂"


def launder(town: Town) -> int:
    """A day's linen of every site with guests. Returns how many sets went to the laundry."""
    sent = 0
    with town.acting(STAFF):
        guests = dict(Stay.objects.filter(state="admitted").values_list("site").annotate(Count("pk")).order_by("site"))
    for number, count in guests.items():
        with town.acting(STAFF) as who:
            site = Site.objects.get(pk=number)
            held = holdings(who["scope"], site)
            washed, laid = held.get("laundry", 0), held.get("room", 0)
            old = min(laid, -(-laid // CHANGED) + max(0, laid - count))
            shelf = held.get("shelf", 0) + washed
            moves = [("take_back", washed), ("strip", old), ("send", held.get("soiled", 0) + old)]
            if not any(held.values()):
                shelf = BOUGHT * site.rooms.count()
                moves.append(("buy", shelf))
            moves.append(("lay_out", min(shelf, max(0, count - laid + old))))
            for act, sets in moves:
                if sets:
                    move_linen(site=number, act=act, sets=sets, partner=LAUNDRY, **who)
            sent += moves[2][1]
    return sent
