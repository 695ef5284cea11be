"""Language floor: words, units and chance."""
