"""Questions about very many rows, written once in Ibis and answered by DuckDB on one machine or by Spark on several.

Knows neither facts nor policy: tables of numbers in, tables of numbers out.
"""
