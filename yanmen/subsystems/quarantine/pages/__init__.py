"""Screens of quarantine."""
