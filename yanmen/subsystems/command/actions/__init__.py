"""Actions of command."""
