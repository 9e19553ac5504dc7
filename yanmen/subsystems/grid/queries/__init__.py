"""Every read of the grid, within the asker's areas."""
