"""Checkpoints (卡口管控)."""
