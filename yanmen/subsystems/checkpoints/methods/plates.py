"""Number plates: one way to write them, and how they are shown to those who need not know them."""

from yanmen.base.refusals import Refusal

LONGEST = 12


def normalised(text: str) -> str:
    """A plate as it is stored and searched: no blanks or points, capitals."""
    plate = "".join(each for each in text.upper() if each.isalnum())
    if not 4 <= len(plate) <= LONGEST:
        raise Refusal(
            f"“{text[:20]}”不是车牌号。例如：晋A12345。",
            f'"{text[:20]}" is no number plate. Write it like 晋A12345.',
            field="vehicle",
            value=text[:20],
        )
    return plate


def masked(plate: str) -> str:
    """Enough to recognise a car at the barrier, too little to look it up: 晋A···45."""
    return f"{plate[:2]}···{plate[-2:]}" if len(plate) > 4 else "·" * len(plate)
