"""A scenario played day by day through the doors people use: edges over HTTP, and the acts of pages and API in a role."""
