"""The expression grammar: a tokenizer and a Pratt parser to frozen nodes.  Language floor.

or < and < before, after, at, within, during < not < comparisons and `in a..b` < + - < * / < sign
< literals, "words", $params, names, calls, ( )
"""

import re
from dataclasses import dataclass

from scenarios import units
from scenarios.errors import nearest
from scenarios.nodes import (
    COMPARE,
    NOT,
    POWER,
    SIGN,
    WINDOW,
    Between,
    Binary,
    Call,
    Compare,
    Expr,
    Logic,
    Name,
    Not,
    Number,
    Param,
    Unary,
    Window,
    Word,
    literal,
)

MAX_LENGTH = 2000  # characters
MAX_DEPTH = 50  # nested parentheses, so that no text can exhaust the stack
WINDOWS = ("before", "after", "at", "within", "during")


class ExpressionError(ValueError):
    """An expression is wrong; the message says what and how to write it."""


# ----------------------------------------------------------------------------------------------------------- tokens
@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, word, param, name, op, end
    text: str
    column: int  # 1-based, within the expression
    value: Number | None = None
    bare: bool = False  # a number written without a unit


# The dots of a range never belong to the number before them.
_NUMBER = re.compile(r"(?:\d{1,25}(?:\.\d{1,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?")
_UNIT = re.compile(r"\s*(" + "|".join(re.escape(u) for u in units.UNIT_WORDS) + r")(?![A-Za-z0-9_(])")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")  # dots name parts of an actor
_QUOTED = re.compile(r"""(?:"([A-Za-z0-9_.-]{1,80})"|'([A-Za-z0-9_.-]{1,80})')""")
_OPERATOR = re.compile(r"\.\.|<=|>=|==|!=|[-+*/<>(),]")


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        column = at + 1
        if match := _NUMBER.match(text, at):
            token, at = _number_token(text, match)
            tokens.append(token)
        elif text[at] == "$":
            match = _WORD.match(text, at + 1)
            if not match:
                raise ExpressionError(f'"$" at character {column} stands before no name')
            tokens.append(_Token("param", match[0], column))
            at = match.end()
        elif match := _WORD.match(text, at):
            tokens.append(_Token("name", match[0], column))
            at = match.end()
        elif match := _QUOTED.match(text, at):
            tokens.append(_Token("word", match[1] or match[2], column))
            at = match.end()
        elif match := _OPERATOR.match(text, at):
            tokens.append(_Token("op", match[0], column))
            at = match.end()
        else:
            raise ExpressionError(_odd_character(text[at], column))
    tokens.append(_Token("end", "the end", len(text) + 1))
    return tokens


def _number_token(text: str, match: re.Match[str]) -> tuple[_Token, int]:
    column, end = match.start() + 1, match.end()
    unit = _UNIT.match(text, end)
    if unit is None:
        if end < len(text) and (text[end].isalpha() or text[end] == "_"):
            stray = _WORD.match(text, end)
            written = stray[0] if stray else text[end]
            raise ExpressionError(_unknown_unit(match[0], written))
        quantity = units.parse(match[0])
        return _Token("number", match[0], column, Number(quantity.value, ""), bare=True), end
    quantity = units.parse(f"{match[0]} {unit[1]}")
    shown = f"{match[0]} {unit[1]}"
    return _Token("number", shown, column, Number(quantity.value, quantity.dimension.unit)), unit.end()


def _unknown_unit(number_text: str, unit: str) -> str:
    return f'"{number_text}{unit}" has an unknown unit; {nearest(unit, units.UNIT_WORDS)}'


def _odd_character(character: str, column: int) -> str:
    hints = {
        "=": 'compare with "=="',
        "&": 'write "and"',
        "|": 'write "or"',
        "!": 'write "not"',
        '"': "a quoted word is made of letters, digits, . _ and -, such as 'lit'",
        "'": "a quoted word is made of letters, digits, . _ and -, such as 'lit'",
        "^": 'write a product, such as "$v * $v"',
        "%": 'write a share like "50 %"',
    }
    hint = f"; {hints[character]}" if character in hints else ""
    return f'"{character}" at character {column} does not belong in an expression{hint}'


# ----------------------------------------------------------------------------------------------------------- parser
def parse(text: str) -> Expr:
    """The expression in a text; ExpressionError says where it stops making sense."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    try:
        parser = _Parser(_tokens(text))
    except units.UnitError as error:
        raise ExpressionError(str(error)) from None
    expr = parser.expression(0)
    parser.expect_end()
    return expr


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def expect_end(self) -> None:
        if self.next.kind != "end":
            if self.next.kind == "name" and self.tokens[self.at - 1].bare:
                raise ExpressionError(_unknown_unit(f"{self.tokens[self.at - 1].text} ", self.next.text))
            raise ExpressionError(f'unexpected "{self.next.text}" at character {self.next.column}')

    def expect(self, op: str, why: str) -> None:
        if self.next.kind != "op" or self.next.text != op:
            raise ExpressionError(f'"{op}" {why} is missing before {self.shown()}')
        self.take()

    def shown(self) -> str:
        token = self.next
        return (
            "the end of the expression"
            if token.kind == "end"
            else f'"{token.text}" at character {token.column}'
        )

    def expression(self, least: int) -> Expr:
        """Everything that binds more tightly than `least`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"the expression is nested more than {MAX_DEPTH} deep")
        left = self.prefix()
        before = 0
        while (power := self.power()) > least:
            if power == before == COMPARE:
                raise ExpressionError('comparisons do not chain; write "a < b and b < c", or "b in a..c"')
            if power == before == WINDOW:
                raise ExpressionError(
                    f'"{self.next.text}" at character {self.next.column} is a second window; '
                    'a condition has one, and conditions with a window each are joined by "and"'
                )
            left = self.infix(left, self.take().text, power)
            before = power
        self.depth -= 1
        return left

    def power(self) -> int:
        token = self.next
        if token.kind == "op" and token.text in ("<", "<=", ">", ">=", "==", "!="):
            return COMPARE
        if token.kind == "name" and token.text == "in":
            return COMPARE
        if token.kind == "name" and token.text in WINDOWS:
            return WINDOW
        if (token.kind == "op" and token.text in "+-*/") or (
            token.kind == "name" and token.text in ("and", "or")
        ):
            return POWER[token.text]
        return 0

    def infix(self, left: Expr, op: str, power: int) -> Expr:
        if op == "in":
            return Between(left, *self.range('between the ends of the range after "in"'))
        if power == WINDOW:
            return self.window(left, op)
        right = self.expression(power)
        if power == COMPARE:
            return Compare(op, left, right)
        return Logic(op, left, right) if op in ("and", "or") else Binary(op, left, right)

    def window(self, body: Expr, word: str) -> Expr:
        """What follows `before`, `after`, `at`, `within` or `during`."""
        if word == "during":
            return Window(word, body, *self.range('between the ends of the time after "during"'))
        if word != "within":
            return Window(word, body, self.expression(COMPARE))
        span = self.expression(COMPARE)
        side = self.next
        if side.kind != "name" or side.text not in ("after", "before"):
            raise ExpressionError(
                f'"after" or "before" is missing before {self.shown()}; write it like "within 2 s after reveal"'
            )
        self.take()
        return Window(f"within {side.text}", body, self.expression(COMPARE), span)

    def range(self, where: str) -> tuple[Expr, Expr]:
        """`low..high`; the unit behind it speaks for both ends, as it was written: `0.6..4.0 s`."""
        low_start = self.at
        low = self.expression(COMPARE)
        bare = self.is_literal(low_start) and self.tokens[self.at - 1].bare
        self.expect("..", where)
        high_start = self.at
        high = self.expression(COMPARE)
        if bare and self.is_literal(high_start) and not self.tokens[self.at - 1].bare:
            sign, written = literal(low)
            unit = self.tokens[self.at - 1].text.partition(" ")[2]
            quantity = units.parse(f"{written.value!r} {unit}")
            scaled = Number(quantity.value, quantity.dimension.unit)
            low = Unary("-", scaled) if sign else scaled
        return low, high

    def is_literal(self, start: int) -> bool:
        """Whether the tokens since `start` are a number, perhaps with a sign."""
        kinds = [(t.kind, t.text) for t in self.tokens[start : self.at]]
        if kinds and kinds[0] == ("op", "-"):
            kinds = kinds[1:]
        return len(kinds) == 1 and kinds[0][0] == "number"

    def prefix(self) -> Expr:
        token = self.next
        if token.kind == "number" and token.value is not None:
            self.take()
            return token.value
        if token.kind == "word":
            self.take()
            return Word(token.text)
        if token.kind == "param":
            self.take()
            return Param(token.text)
        if token.kind == "name" and token.text == "not":
            self.take()
            return Not(self.expression(NOT - 1))
        if token.kind == "name" and token.text not in ("and", "or", "in", *WINDOWS):
            return self.name_or_call()
        if token.kind == "op" and token.text == "-":
            self.take()
            return Unary("-", self.expression(SIGN - 1))
        if token.kind == "op" and token.text == "(":
            self.take()
            inner = self.expression(0)
            self.expect(")", 'for the "(" before it')
            return inner
        raise ExpressionError(f"a value is missing before {self.shown()}")

    def name_or_call(self) -> Expr:
        name = self.take().text
        if self.next.kind != "op" or self.next.text != "(":
            return Name(name)
        self.take()
        args: list[Expr] = []
        if not (self.next.kind == "op" and self.next.text == ")"):
            args.append(self.expression(0))
            while self.next.kind == "op" and self.next.text == ",":
                self.take()
                args.append(self.expression(0))
        self.expect(")", f"after the arguments of {name}")
        return Call(name, tuple(args))
