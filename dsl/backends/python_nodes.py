"""The `ast` nodes that generated code is made of, each with the place the compiler asks for.

The place is an attribute of the class: setting it in every node takes as long as compiling them.
"""

from __future__ import annotations

import ast

LOAD, STORE = ast.Load(), ast.Store()


class _Placed:
    """Everything stands at the start of the one line there is."""

    lineno = end_lineno = 1
    col_offset = end_col_offset = 0


class Attribute(_Placed, ast.Attribute):  # type: ignore[misc]
    """`ast.Attribute`."""


class BinOp(_Placed, ast.BinOp):  # type: ignore[misc]
    """`ast.BinOp`."""


class BoolOp(_Placed, ast.BoolOp):  # type: ignore[misc]
    """`ast.BoolOp`."""


class Call(_Placed, ast.Call):  # type: ignore[misc]
    """`ast.Call`."""


class Compare(_Placed, ast.Compare):  # type: ignore[misc]
    """`ast.Compare`."""


class Constant(_Placed, ast.Constant):  # type: ignore[misc]
    """`ast.Constant`."""


class IfExp(_Placed, ast.IfExp):  # type: ignore[misc]
    """`ast.IfExp`."""


class List(_Placed, ast.List):  # type: ignore[misc]
    """`ast.List`."""


class ListComp(_Placed, ast.ListComp):  # type: ignore[misc]
    """`ast.ListComp`."""


class Name(_Placed, ast.Name):  # type: ignore[misc]
    """`ast.Name`."""


class NamedExpr(_Placed, ast.NamedExpr):  # type: ignore[misc]
    """`ast.NamedExpr`."""


class Subscript(_Placed, ast.Subscript):  # type: ignore[misc]
    """`ast.Subscript`."""


class Tuple(_Placed, ast.Tuple):  # type: ignore[misc]
    """`ast.Tuple`."""


class UnaryOp(_Placed, ast.UnaryOp):  # type: ignore[misc]
    """`ast.UnaryOp`."""


class Assign(_Placed, ast.Assign):  # type: ignore[misc]
    """`ast.Assign`."""


class AugAssign(_Placed, ast.AugAssign):  # type: ignore[misc]
    """`ast.AugAssign`."""


class Expr(_Placed, ast.Expr):  # type: ignore[misc]
    """`ast.Expr`."""


class For(_Placed, ast.For):  # type: ignore[misc]
    """`ast.For`."""


class FunctionDef(_Placed, ast.FunctionDef):  # type: ignore[misc]
    """`ast.FunctionDef`."""


class If(_Placed, ast.If):  # type: ignore[misc]
    """`ast.If`."""


class Pass(_Placed, ast.Pass):  # type: ignore[misc]
    """`ast.Pass`."""


class Return(_Placed, ast.Return):  # type: ignore[misc]
    """`ast.Return`."""


class Arg(_Placed, ast.arg):  # type: ignore[misc]
    """`ast.arg`."""
