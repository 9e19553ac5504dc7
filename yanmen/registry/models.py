"""The registers: areas, people, households, places, organisations; accounts and what they may see; logs and decisions.

Area columns hold trimmed GB/T 2260 codes in "C" collation: a prefix range is a subtree and uses the index.
Titles follow the same pattern everywhere: `name_zh`, `name_en`.
"""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from yanmen.base import area_codes
from yanmen.base.retention import Kept, KeptAlways

ALWAYS = date(1949, 10, 1)


class AreaCode(models.CharField):  # type: ignore[type-arg]
    """A trimmed area code whose order in the index is the order of its bytes."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"db_collation": "C", "max_length": 12, **options})  # type: ignore[arg-type]


class Area(models.Model):
    """A province, city, county, township or village, while it existed under this code and name."""

    DIVISION, DEVELOPMENT_ZONE = "division", "development_zone"

    code = AreaCode()
    level = models.CharField(choices=[(each.value, each.value) for each in area_codes.Level])
    kind = models.CharField(default=DIVISION, choices=[(DIVISION, DIVISION), (DEVELOPMENT_ZONE, DEVELOPMENT_ZONE)])
    name_zh = models.CharField()
    name_en = models.CharField(blank=True, default="")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(default=ALWAYS)
    valid_to = models.DateField(null=True)
    population = models.PositiveIntegerField(null=True)
    population_source = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="registry_area_once_a_day"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="registry_area_one_current"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="registry_area_days"
            ),
        ]
        indexes = [models.Index(fields=["name_zh"], name="registry_area_name")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    def name(self, language: str) -> str:
        """The name in the reader's language; villages have none in English and keep their Chinese one."""
        return self.name_en if language.startswith("en") and self.name_en else self.name_zh


class Organisation(models.Model):
    """A hospital, school, employer, authority: whoever answers for places and accounts."""

    kind = models.CharField(default="other")
    name_zh = models.CharField()
    name_en = models.CharField(blank=True, default="")
    area = AreaCode()
    credit_code = models.CharField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="registry_credit_code_once"
            ),
        ]
        indexes = [models.Index(fields=["area", "name_zh"], name="registry_organisation_area")]

    def __str__(self) -> str:
        return self.name_zh


class Place(models.Model):
    """Somewhere people are: a hotel, a ward, a checkpoint, a market."""

    kind = models.CharField(default="other")
    name_zh = models.CharField()
    name_en = models.CharField(blank=True, default="")
    area = AreaCode()
    address = models.CharField(blank=True, default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="places")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "name_zh"], name="registry_place_area")]

    def __str__(self) -> str:
        return self.name_zh


class Household(models.Model):
    """People who live behind one door."""

    area = AreaCode()
    address = models.CharField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "address"], name="registry_household_area")]

    def __str__(self) -> str:
        return self.address or str(self.pk)


class Person(models.Model):
    """Someone the platform answers for. The area is the one responsible now; secrets are sealed, never in clear."""

    retention = KeptAlways("whom the platform answers for: facts, measures and the ledger hang on the row")
    sealed_columns = {
        "id_number_sealed": "registry_person.id_number:{id}",
        "phone_sealed": "registry_person.phone:{id}",
    }

    name = models.CharField()
    sex = models.CharField(blank=True, default="")
    born_on = models.DateField(null=True)
    id_type = models.CharField(blank=True, default="")
    id_number_sealed = models.BinaryField(null=True)
    id_number_index = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    area = AreaCode()
    address = models.CharField(blank=True, default="")
    guardian = models.ForeignKey("self", models.PROTECT, null=True, related_name="wards")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="members")
    post = models.CharField(blank=True, default="")
    synthetic = models.BooleanField(default=False)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index", "id_type"],
                condition=Q(id_number_index__isnull=False),
                name="registry_document_once",
            ),
            models.CheckConstraint(condition=Q(same_as=None) | Q(same_as__lt=F("id")), name="registry_same_as_older"),
        ]
        indexes = [
            models.Index(fields=["area", "id"], name="registry_person_area"),
            models.Index(fields=["phone_index"], name="registry_person_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["name", "born_on"], name="registry_person_name"),
            models.Index(fields=["born_on"], name="registry_person_born"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class Move(models.Model):
    """Another area became responsible for a person."""

    retention = KeptAlways("who answered for somebody when: history that is only added to")

    person = models.ForeignKey(Person, models.PROTECT, related_name="moves")
    from_area = AreaCode()
    to_area = AreaCode()
    at = models.DateTimeField()
    by = models.CharField()

    class Meta:
        indexes = [models.Index(fields=["to_area"], name="registry_move_to")]


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=(username or "").lower())


class Account(AbstractBaseUser):
    """Someone who logs in. What they may do follows from their grants alone; there is no superuser."""

    retention = KeptAlways("the ledger, facts and the access log are signed with its number")

    username = models.CharField(unique=True, max_length=64)
    name = models.CharField()
    email = models.EmailField(blank=True, default="")
    language = models.CharField(default="zh-hans")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="accounts")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def by(self) -> str:
        """How this account signs facts and registry rows."""
        return f"account:{self.pk}"


class Grant(models.Model):
    """A role in an area for a purpose, from one moment to another."""

    retention = KeptAlways("who might do what when: inspection asks for it years later")

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField()
    area = AreaCode()
    purpose = models.CharField(default="control")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    granted_by = models.CharField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["account"], name="registry_grant_account"),
            models.Index(fields=["role", "area"], name="registry_grant_role"),
        ]


class ApiKey(models.Model):
    """A machine's key: only its digest is kept; it has one role in one area and expires."""

    retention = Kept(365, after="expires_at")

    digest = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    label = models.CharField(blank=True, default="")
    role = models.CharField()
    area = AreaCode()
    purpose = models.CharField(default="control")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class AccessLog(models.Model):
    """Who looked at what, and why. Rows are added and never changed."""

    retention = KeptAlways("who looked at whom: history that is only added to")

    at = models.DateTimeField()
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    role = models.CharField(blank=True, default="")
    area = AreaCode()
    purpose = models.CharField(blank=True, default="")
    what = models.CharField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="registry_log_person"),
            models.Index(fields=["account", "at"], name="registry_log_account"),
            models.Index(fields=["area", "at"], name="registry_log_area"),
        ]


class EmergencyAccess(models.Model):
    """The glass was broken: one account may see one person outside its areas until the moment given."""

    retention = KeptAlways("who broke the glass: history that is only added to")

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(blank=True, default="")
    area = AreaCode()
    person_area = AreaCode()
    reason = models.CharField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "person", "closes_at"], name="registry_emergency_open")]


class Notice(models.Model):
    """Something a person is told: that their data was opened in an emergency, for one."""

    retention = Kept(1095, after="at")

    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    area = AreaCode()
    at = models.DateTimeField()
    kind = models.CharField()
    zh = models.CharField()
    en = models.CharField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="registry_notice_person")]


class MatchDecision(models.Model):
    """Somebody decided that two records are one person, or that they are not. `Person.same_as` follows from these."""

    retention = KeptAlways("who is one person follows from these rows for as long as the records stand")

    left = models.ForeignKey(Person, models.PROTECT, related_name="+")
    right = models.ForeignKey(Person, models.PROTECT, related_name="+")
    same = models.BooleanField()
    by = models.CharField()
    at = models.DateTimeField()
    undone_by = models.CharField(blank=True, default="")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="registry_match_ordered"),
            models.UniqueConstraint(
                fields=["left", "right"], condition=Q(undone_at=None), name="registry_match_one_decision"
            ),
        ]
        indexes = [models.Index(fields=["right", "left"], name="registry_match_right")]


class ImportBatch(models.Model):
    """A file that was applied: its content's digest makes applying it again change nothing."""

    kind = models.CharField()
    digest = models.CharField()
    file_name = models.CharField(blank=True, default="")
    area = AreaCode()
    at = models.DateTimeField()
    by = models.CharField()
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest", "area"], name="registry_import_once"),
            models.CheckConstraint(
                condition=Q(rows=F("created") + F("matched") + F("rejected")), name="registry_receipts_sum_to_rows"
            ),
        ]


class ImportRow(models.Model):
    """What became of one line of a file."""

    retention = Kept(365, after="batch.at")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="receipts")
    line = models.PositiveIntegerField()
    outcome = models.CharField()
    subject = models.CharField(blank=True, default="")
    field = models.CharField(blank=True, default="")
    value = models.CharField(blank=True, default="")
    zh = models.CharField(blank=True, default="")
    en = models.CharField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="registry_one_receipt_a_line")]


class Device(models.Model):
    """A key that somebody's telephone keeps: it speaks for one person, or for one account in one role and place."""

    # Not from the revocation: edges must know a device as shut out until its certificate has ended.
    retention = Kept(90, after="expires_at")

    HOLDER, OFFICER = "holder", "officer"
    PHONE, COMPANION = 1, 3

    kind = models.CharField(choices=[(HOLDER, HOLDER), (OFFICER, OFFICER)])
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="devices")
    form = models.PositiveSmallIntegerField(default=PHONE)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="devices")
    role = models.CharField(blank=True, default="")
    area = AreaCode()
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    public_key = models.BinaryField()
    client = models.CharField(blank=True, default="")
    enrolled_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(blank=True, default="")
    revoked_reason = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="holder", person__isnull=False, account=None)
                | Q(kind="officer", person=None, account__isnull=False),
                name="registry_device_is_somebodys",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("enrolled_at")), name="registry_device_ends"),
        ]
        indexes = [
            models.Index(fields=["area", "id"], name="registry_device_area"),
            models.Index(fields=["person"], name="registry_device_person", condition=Q(person__isnull=False)),
            models.Index(fields=["account"], name="registry_device_account", condition=Q(account__isnull=False)),
            models.Index(fields=["public_key"], name="registry_device_key"),
            models.Index(fields=["expires_at"], name="registry_device_revoked", condition=Q(revoked_at__isnull=False)),
        ]


class Enrolment(models.Model):
    """A way in that works once: a code sent to a telephone number, or a token shown to an officer. Only digests are kept."""

    retention = Kept(1, after="expires_at")

    kind = models.CharField(choices=Device._meta.get_field("kind").choices)
    phone_index = models.BinaryField(null=True)
    digest = models.BinaryField()
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+")
    role = models.CharField(blank=True, default="")
    area = AreaCode(blank=True, default="")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    device_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index", "-made_at"], name="registry_enrolment_phone"),
            models.Index(fields=["digest"], name="registry_enrolment_digest"),
            models.Index(fields=["expires_at"], name="registry_enrolment_ends"),
        ]


class RateWindow(models.Model):
    """How often one telephone number, person or network asked in a stretch of time; the asker is a digest."""

    retention = Kept(0, after="ends_at")

    asker = models.BinaryField(primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="registry_ratewindow_ends")]
