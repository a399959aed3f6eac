"""Arithmetic over states, and nothing else: the value of a metric is worked out here, never by eval."""

from __future__ import annotations

import ast
import contextlib
import math
from collections.abc import Callable, Mapping

FUNCTIONS: dict[str, Callable[..., float]] = {"min": min, "max": max, "sqrt": math.sqrt}
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _walk(node: ast.expr, states: Mapping[str, float | None]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name):
            state = states[name]
            if state is None:
                raise ArithmeticError(name)
            return float(state)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](_walk(left, states), _walk(right, states))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_walk(operand, states)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_walk(argument, states) for argument in arguments))
        case _:
            raise ValueError(ast.unparse(node))


def names(formula: str) -> set[str]:
    """The states a formula stands on. Raises: ValueError (with the part at fault) when it is more than arithmetic."""
    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError as problem:
        raise ValueError(formula) from problem
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - FUNCTIONS.keys()
    with contextlib.suppress(ArithmeticError):
        _walk(tree, dict.fromkeys(used, 1.0))
    return used


def value(formula: str, states: Mapping[str, float | None]) -> float | None:
    """What a formula comes to, or None ("no value") when it divides by zero or a state is missing."""
    try:
        worth = _walk(ast.parse(formula, mode="eval").body, states)
    except ArithmeticError:
        return None
    return worth if math.isfinite(worth) else None
