"""Pure numerics of checkpoints: road graphs, where posts stand, how long people wait."""
