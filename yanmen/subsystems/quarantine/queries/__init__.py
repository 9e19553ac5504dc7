"""Every read of quarantine, within the asker's areas."""
