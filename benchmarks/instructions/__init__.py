"""Holds the instructions that pipelines take a row against a table. See scripts/count_instructions."""
