"""The small installation of the tests of verbs, on both databases."""

from tests.runtime.conftest import either_world, populated, populated_postgresql

__all__ = ["either_world", "populated", "populated_postgresql"]
