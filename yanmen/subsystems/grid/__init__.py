"""Community grid (社区网格)."""
