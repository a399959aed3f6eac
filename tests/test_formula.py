"""The evaluator of values: arithmetic over states, and nothing else."""

import pytest

from metrics import formula


@pytest.mark.parametrize(
    ("said", "states", "worth"),
    [
        ("100 * (p - d) / n", {"p": 3.0, "d": 1.0, "n": 8.0}, 25.0),
        ("-a + b", {"a": 2.0, "b": 5.0}, 3.0),
        ("a - b - 1", {"a": 9.0, "b": 5.0}, 3.0),
        ("max(a, b, 3) - min(a, b)", {"a": 2.0, "b": 5.0}, 3.0),
        ("sqrt(a) / 2", {"a": 36.0}, 3.0),
    ],
)
def test_a_value_is_plain_arithmetic_over_states(said: str, states: dict[str, float], worth: float) -> None:
    """A formula means what it means in school."""
    assert formula.value(said, states) == worth


@pytest.mark.parametrize(
    ("said", "states"),
    [
        ("a / n", {"a": 1.0, "n": 0.0}),
        ("a / n", {"a": 0.0, "n": 0.0}),
        ("a + 1", {"a": None}),
        ("a + 1", {"a": float("nan")}),
        ("max(1, a)", {"a": float("nan")}),
        ("1 / a", {"a": float("inf")}),
        ("a * a", {"a": 1e200}),
        ("sqrt(a)", {"a": -1.0}),
    ],
)
def test_what_cannot_be_worked_out_has_no_value(said: str, states: dict[str, float | None]) -> None:
    """Division by zero, a missing state, a root of a negative or an endless number give no value, and no crash."""
    assert formula.value(said, states) is None


@pytest.mark.parametrize(
    ("said", "at_fault"),
    [
        ("__import__('os').system('true')", "__import__('os').system('true')"),
        ("().__class__.__bases__", "().__class__.__bases__"),
        ("a ** 9 ** 9", "a ** 9 ** 9"),
        ("n / (n - n) + open('x')", "open('x')"),  # the division by zero before it hides nothing
        ("[a for a in b]", "[a for a in b]"),
        ("lambda: a", "lambda: a"),
        ("a if b else c", "a if b else c"),
        ("f'{a}'", "f'{a}'"),
        ("'a' * 9", "'a'"),
        ("True + a", "True"),
        ("1j * a", "1j"),
        ("a // b", "a // b"),
        ("a < b", "a < b"),
        ("min(a)", "min(a)"),
        ("sqrt(a, b)", "sqrt(a, b)"),
        ("min(*a)", "min(*a)"),
        ("max(a, b, key=c)", "max(a, b, key=c)"),
        ("sqrt + 1", "sqrt"),
        ("abs(a)", "abs(a)"),
        ("a.b", "a.b"),
        ("a[0]", "a[0]"),
        ("(a := 1)", "(a := 1)"),
        ("a; b", "a; b"),
        ("", ""),
        ("a +", "a +"),
    ],
)
def test_anything_but_arithmetic_is_refused(said: str, at_fault: str) -> None:
    """A formula can call nothing, read nothing and loop nowhere; the part at fault is named."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared whole, below
        formula.names(said)

    assert str(refused.value) == at_fault
    with pytest.raises(ValueError):  # noqa: PT011 - as above
        formula.value(said, {})


def test_a_formula_too_deep_to_read_is_refused() -> None:
    """Ten thousand brackets end in a refusal, not in a crash."""
    with pytest.raises(ValueError, match=r"\("):
        formula.names("(" * 10_000 + "a" + ")" * 10_000)
    with pytest.raises(ValueError, match="-"):
        formula.names("-" * 10_000 + "a")


def test_the_names_of_a_formula_are_its_states() -> None:
    """Functions are no states."""
    assert formula.names("max(a, sqrt(b)) / n + 1") == {"a", "b", "n"}
