"""Labels floor: truth to labels to files."""
