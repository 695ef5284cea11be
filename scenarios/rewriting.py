"""Looks into an expression and puts values in the place of parameters.  Language floor."""

from collections.abc import Mapping

from scenarios.functions import ARITHMETIC, FUNCTIONS, OVER_TIME
from scenarios.nodes import Between, Binary, Call, Compare, Expr, Logic, Name, Not, Param, Unary, Window


def below(expr: Expr) -> list[Expr]:
    match expr:
        case Call(_, args):
            return list(args)
        case Unary(_, operand) | Not(operand):
            return [operand]
        case Binary(_, left, right) | Compare(_, left, right) | Logic(_, left, right):
            return [left, right]
        case Between(x, low, high):
            return [x, low, high]
        case Window(_, body, event, span):
            return [body, event] if span is None else [body, event, span]
    return []


def walk(expr: Expr) -> list[Expr]:
    """The node and all below it, in the order of the text."""
    return [expr, *(node for child in below(expr) for node in walk(child))]


def parameters(expr: Expr) -> list[str]:
    """Names of the `$params` used, in the order of the text."""
    return list(dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Param)))


def calls(expr: Expr) -> list[Call]:
    """Every function call, in the order of the text."""
    return [node for node in walk(expr) if isinstance(node, Call)]


def substitute(expr: Expr, params: Mapping[str, Expr]) -> Expr:
    """The expression with every `$param` replaced."""

    def go(node: Expr) -> Expr:
        match node:
            case Param(name):
                return params[name]
            case Call(name, args):
                return Call(name, tuple(go(a) for a in args))
            case Unary(op, operand):
                return Unary(op, go(operand))
            case Not(operand):
                return Not(go(operand))
            case Binary(op, left, right):
                return Binary(op, go(left), go(right))
            case Compare(op, left, right):
                return Compare(op, go(left), go(right))
            case Logic(op, left, right):
                return Logic(op, go(left), go(right))
            case Between(x, low, high):
                return Between(go(x), go(low), go(high))
            case Window(kind, body, event, span):
                return Window(kind, go(body), go(event), None if span is None else go(span))
        return node

    return go(expr)


def varies(expr: Expr) -> bool:
    """Whether the value changes from moment to moment."""
    match expr:
        case Name("time"):
            return True
        case Call(name, args):
            if name in ("first", "last") or (name in OVER_TIME and len(args) == 1):
                return False
            if name in ARITHMETIC or FUNCTIONS[name].when == "params":
                return any(varies(arg) for arg in args)
            return True
        case Window():
            return False
    return any(varies(child) for child in below(expr))
