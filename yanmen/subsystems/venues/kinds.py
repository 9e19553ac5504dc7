"""The words that venues add: who left, which check-ins are in doubt, what was counted at the door."""

from yanmen.loop.kinds import BulkKind, FactKind, Role

TRAIL_DAYS = 30

LEFT = BulkKind(
    name="venues.left",
    zh="离开场所",
    en="Left a venue",
    retention_days=TRAIL_DAYS,
    detail={"via": "text"},
)
SCAN_DOUBTED = FactKind(
    name="venues.scan_doubted",
    zh="扫码到访存疑，不计为到访",
    en="A check-in is in doubt and does not count",
    retention_days=TRAIL_DAYS,
    detail={"scan": "uuid", "why": "text", "km": "integer", "minutes": "integer", "home": "text"},
)
SPOT_CHECKED = FactKind(
    name="venues.spot_checked",
    zh="现场抽查扫码",
    en="Check-ins counted at the door",
    subject="place",
    retention_days=365,
    detail={"entered": "integer", "checked_in": "integer", "note": "text"},
)

VENUES = ("venues_venue",)
MANAGER = Role(name="venues.manager", zh="场所码管理员", en="Venue manager", stands_at=VENUES)
STAFF = Role(name="venues.staff", zh="场所值守人员", en="Venue staff", stands_at=VENUES)
