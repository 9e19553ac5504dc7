"""The course of a journey: which acts lead from which stage to which, and what people call them."""

from yanmen.base.flow import Flow

TRANSPORTS = {
    "train": {"zh": "铁路", "en": "Train"},
    "air": {"zh": "航空", "en": "Air"},
    "coach": {"zh": "客运班车", "en": "Coach"},
    "car": {"zh": "自驾", "en": "Car"},
    "lorry": {"zh": "货车", "en": "Lorry"},
    "other": {"zh": "其他", "en": "Other"},
}

STAGES = {
    "declared": {"zh": "已申报待抵达", "en": "Declared, on the way"},
    "late": {"zh": "逾期未到待核实", "en": "Late, to be confirmed"},
    "landing_test_due": {"zh": "待落地检", "en": "Landing test due"},
    "in_measures": {"zh": "管控中", "en": "In measures"},
    "free": {"zh": "已判定无需管控", "en": "Classified, free"},
    "released": {"zh": "已解除", "en": "Released"},
    "no_show": {"zh": "应到未到", "en": "No-show"},
    "rerouted": {"zh": "改变行程", "en": "Rerouted"},
    "declared_elsewhere": {"zh": "他处申报", "en": "Declared elsewhere"},
}

ACTS = {
    "land": {"zh": "登记抵达", "en": "Record the landing"},
    "take_over": {"zh": "社区接收", "en": "Take over"},
    "mark_no_show": {"zh": "登记未到", "en": "Mark as no-show"},
    "reroute": {"zh": "改变行程", "en": "Reroute"},
    "declared_elsewhere": {"zh": "他处申报", "en": "Declared elsewhere"},
}

_ON_THE_WAY = {
    "land": "landing_test_due",
    "take_over": "free",
    "mark_no_show": "no_show",
    "reroute": "rerouted",
    "declared_elsewhere": "declared_elsewhere",
}
_HERE = {"take_over": "free"}

# Where an act leads is the stage to expect next; the stage shown is always derived from the facts.
COURSE = Flow(
    "journey",
    {
        "declared": _ON_THE_WAY,
        "late": _ON_THE_WAY,
        "landing_test_due": _HERE,
        "in_measures": _HERE,
        "free": _HERE,
        "released": _HERE,
        "no_show": {
            "land": "landing_test_due",
            "take_over": "free",
            "reroute": "rerouted",
            "declared_elsewhere": "declared_elsewhere",
        },
        "rerouted": {},
        "declared_elsewhere": {},
    },
)


def acts_open(stage: str) -> list[str]:
    """What may be done with a journey at this stage."""
    return [act for act in ACTS if COURSE.can(stage, act)]
