"""Every read of venues, within the asker's areas."""
