"""Proofs that labels agree with the planes, the points and each other: one file for what each looks at."""
