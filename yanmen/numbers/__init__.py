"""Questions about very many rows, written once in Ibis and answered by DuckDB on one machine or by Spark on several.

`contacts` knows neither facts nor policy: tables of numbers in, tables of numbers out. The ledger of facts, measures and tasks is copied
to files (`copying`), read as it was known at a moment (`ledger`), and counted by `indicators`, each defined once.
"""
