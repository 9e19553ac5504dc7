"""The desk's own pages. Each module registers its pages when it is imported."""
