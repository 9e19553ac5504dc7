"""The kernel: facts come in, dated policy is applied, measures and tasks follow."""
