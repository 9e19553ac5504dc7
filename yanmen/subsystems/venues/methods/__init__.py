"""Pure parts of venues: words, check-in indicators, derived ids."""
