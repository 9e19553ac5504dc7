"""Yanmen (雁门): facts, policy, measures, tasks — epidemic prevention and control as one loop."""
