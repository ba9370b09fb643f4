"""A test that asserts inside of a loop or branch alone passes when that is never entered: none does so without a certain entry."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
RAISES = {"pytest.raises", "pytest.warns"}
EXEMPT = {
    "tests/properties/test_laws.py::test_caps_are_never_exceeded": "one drawn case may have no cap; test_the_laws_are_tried_on_what_they_speak_of",
    "tests/properties/test_laws.py::test_every_step_evaluates_to_its_value": "a refusal has no step; test_the_laws_are_tried_on_what_they_speak_of",
    "tests/properties/test_laws.py::test_cutting_the_period_changes_nothing_before_rounding": "a period may earn nothing; test_the_laws_are_tried_on_what_they_speak_of",
    "tests/properties/test_working.py::test_an_operand_is_what_the_step_that_it_names_gives": "one case may have none; test_the_cases_have_operands_and_rows",
    "tests/properties/test_working.py::test_rows_are_the_segments": "one case may have none; test_the_cases_have_operands_and_rows",
    "tests/readme/test_readme.py::test_every_link_leads_to_a_file_and_its_heading": "a page of the guide may have no link; those that must have some assert it",
}
"""The tests that do, each with the reason and, where there is one, the test that asserts the entry."""


class Certain:
    """Whether statements come to an assert whatever the data is."""

    def __init__(self, tree: ast.Module) -> None:
        self.constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        self.local: dict[str, ast.expr] = {}
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        self.asserting: set[str] = set()
        while found := {one.name for one in functions if one.name not in self.asserting and self.comes(one.body)}:
            self.asserting |= found

    def comes(self, body: list[ast.stmt]) -> bool:
        """Whether one of them asserts for certain."""
        for node in body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                self.local[ast.unparse(target)] = node.value
        return any(map(self._asserts, body))

    def _asserts(self, node: ast.stmt) -> bool:
        match node:
            case ast.Assert():
                return True
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                return self.comes(body) or any(ast.unparse(one.context_expr).split("(")[0] in RAISES for one in items)
            case ast.If(body=body, orelse=orelse):
                return self.comes(body) and self.comes(orelse)
            case ast.Try(body=body, finalbody=last):
                return self.comes(body) or self.comes(last)
            case ast.For(iter=over, body=body):
                return self._is_not_empty(over) and self.comes(body)
            case ast.While(test=ast.Constant(value=True), body=body):
                return self.comes(body)
            case ast.Match(cases=cases):
                return all(self.comes(one.body) for one in cases)
            case ast.Expr(value=value) | ast.Assign(value=value) | ast.AnnAssign(value=value) if value is not None:
                return any(isinstance(one, ast.Call) and self._name(one.func) in self.asserting for one in ast.walk(value))
            case _:
                return False

    @staticmethod
    def _name(func: ast.expr) -> str:
        return ast.unparse(func).rsplit(".", 1)[-1]

    def _is_not_empty(self, over: ast.expr) -> bool:
        match over:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                return any(not isinstance(one, ast.Starred) or self._is_not_empty(one.value) for one in parts)
            case ast.Dict(keys=keys):
                return any(key is not None for key in keys)
            case ast.Constant(value=str(text)):
                return bool(text)
            case ast.Name(id=name):
                known = self.local.get(name) or self.constants.get(name)
                return known is not None and not (isinstance(known, ast.Name) and known.id == name) and self._is_not_empty(known)
            case ast.Call(func=ast.Name(id="range"), args=[*_, last]) if not isinstance(last, ast.Constant) or last.value:
                return True
            case ast.Call(func=ast.Name(id="enumerate" | "sorted" | "list" | "tuple" | "reversed"), args=[first, *_]):
                return self._is_not_empty(first)
            case ast.Call(func=ast.Name(id="zip"), args=args, keywords=[ast.keyword(arg="strict")]):
                return any(map(self._is_not_empty, args))
            case ast.Call(func=ast.Attribute(value=value, attr="items" | "values" | "keys" | "split"), args=_):
                return self._is_not_empty(value)
            case _:
                return False


def lax(path: Path) -> list[str]:
    """The tests of a file whose every assert may be passed by."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    certain = Certain(tree)
    return [
        f"{path.relative_to(TESTS.parent)}::{node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if any(isinstance(one, ast.Assert) for one in ast.walk(node)) and not certain.comes(node.body)
    ]


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_no_test_asserts_only_where_it_may_not_come(path: Path) -> None:
    assert [one for one in lax(path) if one not in EXEMPT] == []


def test_the_exempt_are_there_and_need_it() -> None:
    files = {TESTS.parent / one.split("::")[0] for one in EXEMPT}
    assert sorted(one for path in files for one in lax(path)) == sorted(EXEMPT)


@pytest.mark.parametrize(
    ("body", "passed_by"),
    [
        ("for one in found:\n        assert one", True),
        ("if found:\n        assert found[0]", True),
        ("while found:\n        assert found.pop()", True),
        ("for one in ():\n        assert one", True),
        ("made = []\n    for one in made:\n        assert one", True),
        ("for no in range(3):\n        if found:\n            assert no", True),
        ("assert found\n    for one in found:\n        assert one", False),
        ("for one in (1, 2):\n        assert one in found", False),
        ("for no in range(3):\n        assert no in found", False),
        ("made = [1]\n    for one in made:\n        assert one in found", False),
        ("if found:\n        assert found[0]\n    else:\n        assert other()", False),
        ("with pytest.raises(KeyError):\n        found['a']\n    for one in found:\n        assert one", False),
        ("with opened():\n        assert found", False),
    ],
)
def test_what_may_be_passed_by(body: str, passed_by: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_asserting.TESTS", tmp_path / "tests")
    path = tmp_path / "test_one.py"
    path.write_text(f"def test_one(found):\n    {body}\n", encoding="utf-8")
    assert lax(path) == (["test_one.py::test_one"] if passed_by else [])
