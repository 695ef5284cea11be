"""Procedural assets."""
