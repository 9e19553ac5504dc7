"""Venues (场所码)."""
