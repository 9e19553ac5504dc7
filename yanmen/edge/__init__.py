"""The edge: the doors that millions use, a process of its own without a web framework."""
