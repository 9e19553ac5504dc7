"""Plain arithmetic and words of quarantine; no Django."""
