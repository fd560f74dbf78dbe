"""The laws of the language on generated formulas."""

import re
from random import Random

import pytest

from dsl import ir
from dsl.backends.python import program
from dsl.explain import explain
from dsl.formula import compile_formula, relabel
from dsl.interpret import interpret
from dsl.parser import parse
from dsl.printer import print_formula
from dsl.source import MAX_LENGTH
from dsl.types import INT64_MAX
from tests.dsl.loader import CASES, read

from .generate import Generator
from .test_differential import some_params
from .world import SCOPE, flat, make_row

FORMULAS, ROWS = 300, 6
_QUOTED = re.compile(r"['\"“{]")
_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def texts(seed):
    """Random formulas; every other seed also uses what only Python computes."""
    generator = Generator(Random(seed), hosted=seed % 2 == 1)
    return [generator.formula() for _ in range(FORMULAS)]


def test_parse_undoes_print_for_every_case_formula():
    names = (path.stem for path in CASES.glob("*.txt"))
    found = [case.formula for name in names for case in read(name)]
    trees = {text: parse(text).tree for text in found}
    known = {text: tree for text, tree in trees.items() if tree is not None}
    assert len(known) > 0.9 * len(found) > 900
    for text, tree in known.items():
        printed = print_formula(tree)
        assert parse(printed).tree == tree, text
        assert print_formula(parse(printed).tree) == printed, text


def formulas(seed):
    found = (compile_formula(text, SCOPE).formula for text in texts(seed))
    return [formula for formula in found if formula is not None]


@pytest.mark.parametrize("seed", range(4))
def test_parse_undoes_print(seed):
    for text in texts(seed):
        tree = parse(text).tree
        printed = print_formula(tree)
        assert parse(printed).tree == tree, text
        assert print_formula(parse(printed).tree) == printed, text


@pytest.mark.parametrize("seed", range(4))
def test_canonical_text_labels_and_full_width_mean_the_same(seed):
    for formula in formulas(seed):
        spellings = [formula.canonical, relabel(formula.source, SCOPE, label=0)]
        if not _QUOTED.search(formula.source):
            spellings.append(formula.source.translate(_FULL_WIDTH))
        for text in spellings:
            again = compile_formula(text, SCOPE).formula
            if len(text) > MAX_LENGTH:
                continue
            assert again is not None, text
            assert (again.hash, again.canonical) == (formula.hash, formula.canonical), text


@pytest.mark.parametrize("seed", range(4))
def test_ir_survives_json(seed):
    for formula in formulas(seed):
        again = ir.from_json(ir.to_json(formula.ir))
        assert again == formula.ir
        assert ir.hash_of(again) == formula.hash


@pytest.mark.parametrize("seed", range(4))
def test_explanation_evaluation_and_reference_agree(seed, people):
    random = Random(seed)
    params = some_params(random)
    for formula in formulas(seed):
        run = program(formula)
        for _ in range(ROWS):
            row = flat(make_row(random, people), people)
            value, reason = run.evaluate(row, params)
            told = explain(formula, row, params)
            assert (told.value, told.reason) == (value, reason), formula.source
            assert (told.tree.value, told.tree.type) == (value, formula.type), formula.source
            assert interpret(formula.ir, row, params.by_name()) == (value, reason), formula.source
            assert (reason is None) == (value is not None), formula.source
            if type(value) is int:
                assert -INT64_MAX <= value <= INT64_MAX
