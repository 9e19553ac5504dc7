"""Every read of command, within the asker's areas."""
