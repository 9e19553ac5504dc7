"""What the signed-in staff of `bench/pages.py` do, for locust: open a page of their menu, think, open the next.

Read by locust in a process of its own: who they are comes in a file (BENCH_STAFF), how long they think in BENCH_THINK ("least,most" seconds).
"""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

from locust import HttpUser, between, task

STAFF = json.loads(Path(os.environ["BENCH_STAFF"]).read_text("utf-8"))
_next = itertools.cycle(STAFF)


class Officer(HttpUser):
    """One account: its cookies, and the pages it opens, those named more often more often."""

    wait_time = between(*(float(each) for each in os.environ["BENCH_THINK"].split(",")))

    def on_start(self) -> None:
        me = next(_next)
        self.client.cookies.update(me["cookies"])
        self.paths, self.chance = me["paths"], random.Random(me["seed"])

    @task
    def click(self) -> None:
        name, path = self.chance.choice(self.paths)
        with self.client.get(path, name=name, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{path} answers {answer.status_code}")
