"""Quarantine (集中隔离与转运)."""
