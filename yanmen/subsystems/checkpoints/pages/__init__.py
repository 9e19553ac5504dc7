"""Screens of checkpoints: posts, shifts, hand-overs, vehicles, plans."""

from yanmen.subsystems.checkpoints.pages import hand_overs, plans, posts, rota, vehicles

__all__ = ["hand_overs", "plans", "posts", "rota", "vehicles"]
