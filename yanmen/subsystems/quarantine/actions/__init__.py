"""Every write of quarantine: rooms, stays, transfers, what happens in a site."""
