"""One module a subcommand of `yanmen`: a docstring, `add_arguments(parser)` and `run(options)`."""
