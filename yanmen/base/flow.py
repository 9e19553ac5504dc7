"""A flow: which acts lead from which state to which. A dictionary, so that it can be read, drawn and tested."""

from collections.abc import Mapping

from yanmen.base.refusals import Refusal


class Flow:
    """`Flow("stay", {"due": {"check_in": "staying"}, "staying": {"release": "released"}, "released": {}})`."""

    def __init__(self, name: str, steps: Mapping[str, Mapping[str, str]]) -> None:
        self.name = name
        self.steps = {state: dict(acts) for state, acts in steps.items()}
        unknown = {target for acts in self.steps.values() for target in acts.values()} - self.steps.keys()
        if unknown:
            raise ValueError(
                f"Flow {name}: {', '.join(sorted(unknown))} is reached but has no line of its own. Add it."
            )

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order written; the first is where it starts."""
        return tuple(self.steps)

    @property
    def start(self) -> str:
        """The state everything starts in."""
        return self.states[0]

    def ends_in(self, state: str) -> bool:
        """Whether nothing leads out of this state."""
        return not self._acts(state)

    def can(self, state: str, act: str) -> bool:
        """Whether the act is possible now."""
        return act in self._acts(state)

    def after(self, state: str, act: str) -> str:
        """The state after the act; a refusal names what is possible instead."""
        acts = self._acts(state)
        if act not in acts:
            possible = ", ".join(acts) or "-"
            raise Refusal(
                f"当前状态“{state}”不能执行“{act}”；可执行：{possible}。",
                f'"{act}" is not possible while {self.name} is "{state}". Possible: {possible}.',
                field="state",
                value=state,
            )
        return acts[act]

    def _acts(self, state: str) -> dict[str, str]:
        if state not in self.steps:
            raise ValueError(f'Flow {self.name} has no state "{state}". It has: {", ".join(self.steps)}.')
        return self.steps[state]
