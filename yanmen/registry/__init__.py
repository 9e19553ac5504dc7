"""Who and where: areas, people, households, places, organisations; accounts, scopes and the access log."""
