"""Moments as people type them on the command line."""

import argparse
from datetime import date, datetime

from yanmen.base.clock import BEIJING


def moment(text: str) -> datetime:
    """`2022-10-07T09:30` or `2022-10-07`, in local time unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是时刻，请写成2022-10-07T09:30或2022-10-07。 “{text}” is no moment. Write 2022-10-07T09:30 or 2022-10-07."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def day(text: str) -> date:
    """`2022-10-07`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”不是日期，请写成2022-10-07。 “{text}” is no day. Write 2022-10-07."
        ) from None
