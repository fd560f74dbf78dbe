"""Send integers to PostgreSQL as one array, without a call of the driver for each."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any

from psycopg.types.array import ListBinaryDumper

if TYPE_CHECKING:
    from psycopg.abc import Buffer

_SIZES = {21: 2, 23: 4, 20: 8}  # bytes of an integer by the number of its type
_HEAD = Struct("!5I")  # dimensions, whether there are NULLs, type, length, index of the first
_NULL = b"\xff\xff\xff\xff"


class ArrayDumper(ListBinaryDumper):
    """Lists in binary: as text every quote in JSON would be escaped, one at a time, in Python."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The bytes of a list."""
        oid = 0 if self.sub_dumper is None else self.sub_dumper.oid
        size = _SIZES.get(oid)
        if size is None or not obj or isinstance(obj[0], list):
            return super().dump(obj)
        length = size.to_bytes(4, "big")
        parts = [
            _NULL if item is None else length + item.to_bytes(size, "big", signed=True)
            for item in obj
        ]
        return _HEAD.pack(1, None in obj, oid, len(obj), 1) + b"".join(parts)
