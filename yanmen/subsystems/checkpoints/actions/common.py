"""What the actions share: the post that is meant."""

from __future__ import annotations

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import queries
from yanmen.subsystems.checkpoints.models import Post


def post_of(scope: Scope, post: int) -> Post:
    """The post of that number; a refusal if it is not in the asker's areas."""
    found = queries.post(scope, post)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这个卡口。请从卡口列表中选择。",
            "There is no such post in your areas. Choose one from the list of posts.",
            field="post",
            value=str(post),
        )
    return found
