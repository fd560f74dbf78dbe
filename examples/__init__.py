"""Runnable examples; the demo plant is the one that feeds the product real input."""
