"""The scope that sees everything; import contracts name the few who may have it."""

from store.scope import Scope

SYSTEM = Scope(otherwise="all")
