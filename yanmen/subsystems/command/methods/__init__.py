"""Methods of command."""
