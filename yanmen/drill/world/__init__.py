"""The drill's world: a synthetic city, what its people do, and an infection that spreads among them. Plain Python and numpy."""
