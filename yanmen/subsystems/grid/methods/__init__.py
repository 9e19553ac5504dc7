"""Plain words and arithmetic of the grid; no Django."""
