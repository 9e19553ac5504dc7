"""Command (指挥调度)."""
