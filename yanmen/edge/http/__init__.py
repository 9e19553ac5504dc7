"""HTTP/1.1 as an edge needs it, on uvloop and httptools; see docs/decisions/0056."""
