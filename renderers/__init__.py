"""Renderers floor: the world at an instant to frames."""
