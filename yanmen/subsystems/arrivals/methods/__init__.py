"""Arrivals without a database: the course of a journey."""
