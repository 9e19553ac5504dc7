"""Every write of checkpoints. Who and when are arguments; what the edges must know is told in the same transaction."""

from yanmen.subsystems.checkpoints.actions.posts import change_post, close_post, open_post

__all__ = ["change_post", "close_post", "open_post"]
