"""The published words: the order of statuses, and what doors ask, in general and at each kind of place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from yanmen.base.key_list import KeyList
from yanmen.base.refusals import Malformed
from yanmen.base.verdict import DoorPolicy

_LONGEST = 64 * 1024


@dataclass(frozen=True)
class DoorWords:
    """What a published document tells doors."""

    order: tuple[str, ...] = ()
    asks: bool = True
    policy: DoorPolicy = field(default_factory=DoorPolicy)
    at: Mapping[str, DoorPolicy] = field(default_factory=dict)
    asks_at: Mapping[str, bool] = field(default_factory=dict)
    credential_hours: float | None = None
    stale_hours: float | None = None

    @classmethod
    def read(cls, data: bytes, keys: KeyList, now: datetime) -> DoorWords:
        """The words of a document signed by a key listed for documents."""
        try:
            said = json.loads(keys.payload(data, longest=_LONGEST, now=now))
            return cls(
                order=tuple(map(str, said["order"])),
                asks=bool(said["asks"]),
                policy=DoorPolicy.of(said["policy"]),
                at={kind: DoorPolicy.of(policy) for kind, policy in said["at"].items()},
                asks_at={kind: bool(asks) for kind, asks in said["asks_at"].items()},
                credential_hours=float(said["credential_hours"]),
                stale_hours=float(said["stale_hours"]),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            raise Malformed(
                "发布的用语文件内容有误。请重新发布。",
                "The published words are not as they should be. Publish them anew.",
            ) from fault

    def policy_at(self, kind: str) -> DoorPolicy:
        """What a door at this kind of place goes by."""
        return self.at.get(kind, self.policy)

    def asked_at(self, kind: str) -> bool:
        """Whether a code is asked for there at all."""
        return self.asks_at.get(kind, self.asks)
