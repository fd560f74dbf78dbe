"""Submitting a form over HTTP, beside a bare Flask application that makes the same insert."""

from benchmarks.submit.measure import run

__all__ = ["run"]
