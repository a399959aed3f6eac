"""Arithmetic over states, and nothing else: the value of a metric is worked out here, never by eval."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache

FUNCTIONS: dict[str, Callable[..., float]] = {"min": min, "max": max, "sqrt": math.sqrt}
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _used(node: ast.expr) -> set[str]:
    """The names in an expression. Raises: ValueError with the first part that is not arithmetic."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return set()
        case ast.Name(id=name) if name not in FUNCTIONS:
            return {name}
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return _used(left) | _used(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _used(operand)
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument], keywords=[]):
            return _used(argument)
        case ast.Call(func=ast.Name(id="min" | "max"), args=[first, second, *others], keywords=[]):
            return _used(first).union(*(_used(argument) for argument in (second, *others)))
        case _:
            raise ValueError(ast.unparse(node))


def _walk(node: ast.expr, states: Mapping[str, float | None]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            state = states[name]
            if state is None or not math.isfinite(state):
                raise ArithmeticError(name)
            return float(state)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](_walk(left, states), _walk(right, states))
        case ast.UnaryOp(operand=operand):
            return -_walk(operand, states)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_walk(argument, states) for argument in arguments))
        case _:
            raise ValueError(ast.unparse(node))


@cache
def _understood(formula: str) -> tuple[ast.expr, frozenset[str]]:
    try:
        tree = ast.parse(formula, mode="eval").body
        return tree, frozenset(_used(tree))
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(formula) from None


def names(formula: str) -> frozenset[str]:
    """The states a formula stands on. Raises: ValueError (with the part at fault) when it is more than arithmetic."""
    return _understood(formula)[1]


def value(formula: str, states: Mapping[str, float | None]) -> float | None:
    """What a formula comes to; None ("no value") when it divides by zero, roots a negative, or a state is missing.

    Raises: ValueError when it is more than arithmetic.
    """
    tree, _ = _understood(formula)
    try:
        worth = _walk(tree, states)
    except (ArithmeticError, ValueError):
        return None
    return worth if math.isfinite(worth) else None
