"""QR codes as SVG: the only place that knows the library."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """The picture of a text, with the quiet border printed codes need."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", scale=4, border=4, xmldecl=False, title=None
    )
    return picture.getvalue().decode()
