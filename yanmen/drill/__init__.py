"""A synthetic outbreak played through the same doors that people use. Nobody here is real."""
