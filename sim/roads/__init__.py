"""Roads of the world floor."""
