"""The executors: each prints the IR in its own language."""
