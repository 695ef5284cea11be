"""Sixteen float32 that are worked on together, and bits that say something of each.  World floor.

Most loops of kernels become vectors by themselves.  Where one ends in a question (which of sixteen boxes does a ray
enter?) the compiler stores the answers and asks for them one by one, and wherever a loop reads and writes it first asks
whether the arrays overlap.  Here that is said outright; processors with narrower vectors take two or four for each.
"""

import operator
from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

COUNT = 16
EIGHT = 8  # numbers in a row of a tile of a picture
NINE = 9  # coordinates of a triangle's corners
_NUMBERS = ir.VectorType(ir.FloatType(), COUNT)
_OPERATIONS = (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
)


class Sixteen(Protocol):
    """The numbers; what is done to them is done to each."""

    def __add__(self, other: "Sixteen") -> "Sixteen": ...
    def __sub__(self, other: "Sixteen") -> "Sixteen": ...
    def __mul__(self, other: "Sixteen") -> "Sixteen": ...
    def __truediv__(self, other: "Sixteen") -> "Sixteen": ...


class _Kind(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Sixteen")


class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _NUMBERS)  # type: ignore[no-untyped-call]


_SIXTEEN = _Kind()
register_model(_Kind)(_Model)


def _operation(symbol: Any, name: str) -> None:
    cases = {"cases": [signature(_SIXTEEN, _SIXTEEN, _SIXTEEN)]}  # type: ignore[no-untyped-call]
    infer_global(symbol)(type(f"Sixteen_{name}", (ConcreteTemplate,), cases))  # type: ignore[no-untyped-call]

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return getattr(builder, name)(*arguments)

    lower_builtin(symbol, _SIXTEEN, _SIXTEEN)(generate)  # type: ignore[no-untyped-call]


for _symbol, _name in _OPERATIONS:
    _operation(_symbol, _name)


def _place(context: Any, builder: Any, array: Any, arguments: Any, kind: Any = _NUMBERS) -> Any:
    numbers = make_array(array)(context, builder, arguments[0])  # type: ignore[no-untyped-call]
    return builder.bitcast(builder.gep(numbers.data, [arguments[1]]), kind.as_pointer())


def _flat(array: Any, at: Any, kind: Any = types.float32) -> bool:
    return (
        isinstance(array, types.Array)
        and (array.ndim, array.layout, array.dtype) == (1, "C", kind)
        and isinstance(at, types.Integer)
    )


def _spread(builder: Any, number: Any, kind: Any) -> Any:
    nothing, word = ir.Constant(kind, ir.Undefined), ir.IntType(32)
    first = builder.insert_element(nothing, number, word(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(word, COUNT), [0] * COUNT))


def _flags(builder: Any, bits: Any) -> Any:
    return builder.bitcast(builder.trunc(bits, ir.IntType(COUNT)), ir.VectorType(ir.IntType(1), COUNT))


def _load(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 16] of a flat array, which nobody checks to be there."""
    if not _flat(array, at):
        return None  # numba says which types were handed over

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.load(_place(context, builder, array, arguments), align=4)

    return _SIXTEEN(array, at), generate


def _load_nine(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 9] of a flat array; the others are zero."""
    if not _flat(array, at):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        place = _place(context, builder, array, arguments)
        flags = ir.VectorType(ir.IntType(1), COUNT)
        nine = ir.Constant(flags, [ir.IntType(1)(1 if k < NINE else 0) for k in range(COUNT)])
        kind = ir.FunctionType(_NUMBERS, [place.type, ir.IntType(32), flags, _NUMBERS])
        fetch = builder.module.declare_intrinsic(f"llvm.masked.load.v{COUNT}f32.p0v{COUNT}f32", fnty=kind)
        return builder.call(fetch, [place, ir.IntType(32)(4), nine, ir.Constant(_NUMBERS, [0.0] * COUNT)])

    return _SIXTEEN(array, at), generate


def _turned(numbers: Any, order: tuple[int, ...]) -> Any:
    if numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        places = ir.Constant(ir.VectorType(ir.IntType(32), COUNT), [*order, *range(NINE, COUNT)])
        return builder.shuffle_vector(arguments[0], arguments[0], places)

    return _SIXTEEN(numbers), generate


def _next_corners(typing: Any, numbers: Any) -> Any:
    """Of three corners x, y, z the one that follows in place of each; what comes after the nine stays."""
    return _turned(numbers, (3, 4, 5, 6, 7, 8, 0, 1, 2))


def _next_axes(typing: Any, numbers: Any) -> Any:
    """Of three corners y, z, x in place of x, y, z."""
    return _turned(numbers, (1, 2, 0, 4, 5, 3, 7, 8, 6))


def _store(typing: Any, array: Any, at: Any, numbers: Any) -> Any:
    """Write array[at : at + 16]."""
    if not _flat(array, at) or numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _place(context, builder, array, arguments), align=4)
        return context.get_dummy_value()

    return types.none(array, at, numbers), generate


def _carry(typing: Any, array: Any, at: Any, source: Any, first: Any) -> Any:
    """array[at : at + EIGHT] = source[first : first + EIGHT], which are no parts of one another, without a question."""
    kind = getattr(array, "dtype", None)
    if kind not in (types.float32, types.int32) or not (
        _flat(array, at, kind) and _flat(source, first, kind)
    ):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        words = ir.VectorType(ir.IntType(32), EIGHT)
        numbers = builder.load(_place(context, builder, source, arguments[2:], words), align=4)
        builder.store(numbers, _place(context, builder, array, arguments[:2], words), align=4)
        return context.get_dummy_value()

    return types.none(array, at, source, first), generate


def _alike(typing: Any, number: Any) -> Any:
    """The same number sixteen times."""
    if number != types.float32:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return _spread(builder, arguments[0], _NUMBERS)

    return _SIXTEEN(number), generate


def _chosen(order: str, a: Any, b: Any) -> Any:
    if (a, b) != (_SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.select(builder.fcmp_ordered(order, *arguments), *arguments)

    return _SIXTEEN(a, b), generate


def _times_plus(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """a b + c, rounded once where the processor can and else twice: for bounds that are taken wide enough."""
    if (a, b, c) != (_SIXTEEN, _SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_NUMBERS, [_NUMBERS] * 3)
        return builder.call(
            builder.module.declare_intrinsic(f"llvm.fmuladd.v{COUNT}f32", fnty=kind), arguments
        )

    return _SIXTEEN(a, b, c), generate


def _least(typing: Any, a: Any, b: Any) -> Any:
    """The lesser of each two, none of them nan."""
    return _chosen("<", a, b)


def _most(typing: Any, a: Any, b: Any) -> Any:
    """The greater of each two, none of them nan."""
    return _chosen(">", a, b)


def _compared(order: str, a: Any, b: Any) -> Any:
    if (a, b) != (_SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        flags = builder.bitcast(builder.fcmp_ordered(order, *arguments), ir.IntType(COUNT))
        return builder.zext(flags, ir.IntType(64))

    return types.uint64(a, b), generate


def _below(typing: Any, a: Any, b: Any) -> Any:
    """Bits of those where a < b; of a nan nothing is said."""
    return _compared("<", a, b)


def _not_above(typing: Any, a: Any, b: Any) -> Any:
    """Bits of those where a <= b."""
    return _compared("<=", a, b)


def _counted(typing: Any, array: Any, at: Any) -> Any:
    """Bits of those of array[at : at + 16], whole numbers, that are not below 0."""
    if not _flat(array, at, types.int32):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        kind = ir.VectorType(ir.IntType(32), COUNT)
        held = builder.load(_place(context, builder, array, arguments, kind), align=4)
        flags = builder.icmp_signed(">=", held, ir.Constant(kind, [0] * COUNT))
        return builder.zext(builder.bitcast(flags, ir.IntType(COUNT)), ir.IntType(64))

    return types.uint64(array, at), generate


def _choose(typing: Any, bits: Any, a: Any, b: Any) -> Any:
    """`a` where a bit is set, else `b`."""
    if (bits, a, b) != (types.uint64, _SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.select(_flags(builder, arguments[0]), arguments[1], arguments[2])

    return _SIXTEEN(bits, a, b), generate


def _mark(typing: Any, array: Any, at: Any, number: Any, bits: Any) -> Any:
    """Write a whole number into array[at : at + 16] where a bit is set."""
    if not _flat(array, at, types.int32) or (number, bits) != (types.int32, types.uint64):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        kind = ir.VectorType(ir.IntType(32), COUNT)
        place = _place(context, builder, array, arguments, kind)
        held = builder.load(place, align=4)
        all_alike = _spread(builder, arguments[2], kind)
        builder.store(builder.select(_flags(builder, arguments[3]), all_alike, held), place, align=4)
        return context.get_dummy_value()

    return types.none(array, at, number, bits), generate


def _highest(typing: Any, numbers: Any) -> Any:
    """The greatest of the sixteen, none of them nan."""
    if numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        (best,), word = arguments, ir.IntType(32)
        for step in (8, 4, 2, 1):
            turned = ir.Constant(ir.VectorType(word, COUNT), [(k + step) % COUNT for k in range(COUNT)])
            other = builder.shuffle_vector(best, best, turned)
            best = builder.select(builder.fcmp_ordered(">", best, other), best, other)
        return builder.extract_element(best, word(0))

    return types.float32(numbers), generate


def _lowest(typing: Any, bits: Any) -> Any:
    """The number of the lowest bit that is set; one must be."""
    if bits != types.uint64:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.uint64(bits), generate


load = cast(Callable[[NDArray[np.float32], np.uint64], Sixteen], intrinsic(_load))
load_nine = cast(Callable[[NDArray[np.float32], np.uint64], Sixteen], intrinsic(_load_nine))
next_corners = cast(Callable[[Sixteen], Sixteen], intrinsic(_next_corners))
next_axes = cast(Callable[[Sixteen], Sixteen], intrinsic(_next_axes))
store = cast(Callable[[NDArray[np.float32], np.uint64, Sixteen], None], intrinsic(_store))
carry = cast(Callable[[NDArray[Any], np.uint64, NDArray[Any], np.uint64], None], intrinsic(_carry))
alike = cast(Callable[[np.float32], Sixteen], intrinsic(_alike))
times_plus = cast(Callable[[Sixteen, Sixteen, Sixteen], Sixteen], intrinsic(_times_plus))
least = cast(Callable[[Sixteen, Sixteen], Sixteen], intrinsic(_least))
most = cast(Callable[[Sixteen, Sixteen], Sixteen], intrinsic(_most))
below = cast(Callable[[Sixteen, Sixteen], np.uint64], intrinsic(_below))
not_above = cast(Callable[[Sixteen, Sixteen], np.uint64], intrinsic(_not_above))
counted = cast(Callable[[NDArray[np.int32], np.uint64], np.uint64], intrinsic(_counted))
choose = cast(Callable[[np.uint64, Sixteen, Sixteen], Sixteen], intrinsic(_choose))
mark = cast(Callable[[NDArray[np.int32], np.uint64, np.int32, np.uint64], None], intrinsic(_mark))
highest = cast(Callable[[Sixteen], np.float32], intrinsic(_highest))
lowest = cast(Callable[[np.uint64], np.uint64], intrinsic(_lowest))
