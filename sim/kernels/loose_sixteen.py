"""Sixteen float32 that are worked on together in loose arithmetic: products may be fused with sums, quotients be found
by estimates.  World floor.

For what reaches only pixels and never a label, as `fast_kernel` is; `sixteen` rounds term by term.  A single number goes
with them as if it stood there sixteen times, and `max`, `min`, `abs` and `math.sqrt` take them as they take numbers.
Kernels that take them name `Loose`, so that what is kept of their machine code goes by this file as well.
"""

import math
import operator
from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

COUNT = 16
PIXELS = 5  # whose colours are fifteen of the numbers
_LOOSE = ("fast",)
_BIT, _WORD = ir.IntType(1), ir.IntType(32)
_NUMBERS, _WORDS = ir.VectorType(ir.FloatType(), COUNT), ir.VectorType(_WORD, COUNT)
_OPERATIONS = (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
    (operator.iadd, "fadd"),
    (operator.isub, "fsub"),
    (operator.imul, "fmul"),
)


class Loose(Protocol):
    """The numbers; what is done to them is done to each."""

    def __add__(self, other: "Loose | np.float32") -> "Loose": ...
    def __sub__(self, other: "Loose | np.float32") -> "Loose": ...
    def __mul__(self, other: "Loose | np.float32") -> "Loose": ...
    def __truediv__(self, other: "Loose | np.float32") -> "Loose": ...


class _Kind(types.Type):
    def __init__(self) -> None:
        super().__init__(name="LooseSixteen")


class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _NUMBERS)  # type: ignore[no-untyped-call]


_SIXTEEN = _Kind()
register_model(_Kind)(_Model)


def _same(builder: Any, number: Any, count: int) -> Any:
    """A number so many times."""
    nothing = ir.Constant(ir.VectorType(number.type, count), ir.Undefined)
    order = ir.Constant(ir.VectorType(_WORD, count), [0] * count)
    return builder.shuffle_vector(builder.insert_element(nothing, number, _WORD(0)), nothing, order)


def _sixteen(builder: Any, kinds: Any, arguments: Any) -> list[Any]:
    """Arguments, numbers among them sixteen times."""
    pairs = zip(kinds, arguments, strict=True)
    return [one if kind == _SIXTEEN else _same(builder, one, COUNT) for kind, one in pairs]


def _some(*kinds: Any) -> bool:
    """Whether there are sixteen numbers among them, or else single ones."""
    return _SIXTEEN in kinds and all(kind in (_SIXTEEN, types.float32) for kind in kinds)


def _call(builder: Any, name: str, result: Any, arguments: list[Any], loose: tuple[str, ...] = ()) -> Any:
    """Call a function that the compiler knows by its name."""
    kind = ir.FunctionType(result, [one.type for one in arguments])
    found = get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
    return builder.call(found, arguments, fastmath=loose)


def _of_two(symbol: Any, generate: Callable[[Any, Any, Any], Any]) -> None:
    """Let `symbol` take two, of which one may be a single number."""
    pairs = ((_SIXTEEN, _SIXTEEN), (_SIXTEEN, types.float32), (types.float32, _SIXTEEN))
    cases = {"cases": [signature(_SIXTEEN, *pair) for pair in pairs]}  # type: ignore[no-untyped-call]
    infer_global(symbol)(type(f"Loose_{symbol.__name__}", (ConcreteTemplate,), cases))  # type: ignore[no-untyped-call]

    def lowered(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return generate(builder, *_sixteen(builder, signed.args, arguments))

    for pair in pairs:
        lower_builtin(symbol, *pair)(lowered)  # type: ignore[no-untyped-call]


def _operation(symbol: Any, name: str) -> None:
    _of_two(symbol, lambda builder, a, b: getattr(builder, name)(a, b, flags=_LOOSE))


def _extreme(symbol: Any, order: str) -> None:
    _of_two(
        symbol, lambda builder, a, b: builder.select(builder.fcmp_ordered(order, a, b, flags=_LOOSE), a, b)
    )


def _function(symbol: Any, name: str) -> None:
    case = {"cases": [signature(_SIXTEEN, _SIXTEEN)]}  # type: ignore[no-untyped-call]
    infer_global(symbol)(type(f"Loose_{name}", (ConcreteTemplate,), case))  # type: ignore[no-untyped-call]

    def lowered(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return _call(builder, f"llvm.{name}.v{COUNT}f32", _NUMBERS, list(arguments), _LOOSE)

    lower_builtin(symbol, _SIXTEEN)(lowered)  # type: ignore[no-untyped-call]


for _symbol, _name in _OPERATIONS:
    _operation(_symbol, _name)
_extreme(max, ">")
_extreme(min, "<")
_function(math.sqrt, "sqrt")
_function(abs, "fabs")


def _flat(array: Any, at: Any = types.uint64) -> bool:
    return (
        isinstance(array, types.Array)
        and (array.ndim, array.layout, array.dtype) == (1, "C", types.float32)
        and isinstance(at, types.Integer)
    )


def _start(context: Any, builder: Any, array: Any, numbers: Any) -> Any:
    return make_array(array)(context, builder, numbers).data  # type: ignore[no-untyped-call]


def _place(context: Any, builder: Any, signed: Any, arguments: Any, kind: Any = _NUMBERS) -> Any:
    """Where the numbers of an array, the first argument, begin that the second one names."""
    start = _start(context, builder, signed.args[0], arguments[0])
    return builder.bitcast(builder.gep(start, [arguments[1]]), kind.as_pointer())


def _load(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 16] of a flat array, which nobody checks to be there."""
    if not _flat(array, at):
        return None  # numba says which types were handed over

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.load(_place(context, builder, signed, arguments), align=4)

    return _SIXTEEN(array, at), generate


def _store(typing: Any, array: Any, at: Any, numbers: Any) -> Any:
    """Write array[at : at + 16]."""
    if not _flat(array, at) or numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _place(context, builder, signed, arguments), align=4)
        return context.get_dummy_value()

    return types.none(array, at, numbers), generate


_COLOURED = ir.Constant(ir.VectorType(_BIT, COUNT), [_BIT(k < 3 * PIXELS) for k in range(COUNT)])


def _load_colours(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 15] of a flat array, the colours of PIXELS pixels, and 0."""
    if not _flat(array, at):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        nothing = ir.Constant(_NUMBERS, [ir.FloatType()(0.0)] * COUNT)
        given = [_place(context, builder, signed, arguments), _WORD(4), _COLOURED, nothing]
        return _call(builder, f"llvm.masked.load.v{COUNT}f32.p0", _NUMBERS, given)

    return _SIXTEEN(array, at), generate


def _store_colours(typing: Any, array: Any, at: Any, numbers: Any) -> Any:
    """Write array[at : at + 15]."""
    if not _flat(array, at) or numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        given = [arguments[2], _place(context, builder, signed, arguments), _WORD(4), _COLOURED]
        _call(builder, f"llvm.masked.store.v{COUNT}f32.p0", ir.VoidType(), given)
        return context.get_dummy_value()

    return types.none(array, at, numbers), generate


def _thrice(typing: Any, array: Any, at: Any) -> Any:
    """Each of array[at : at + PIXELS] three times, for the colours of pixels, and the last once more."""
    if not _flat(array, at):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        found = builder.load(
            _place(context, builder, signed, arguments, ir.VectorType(ir.FloatType(), PIXELS)), align=4
        )
        order = ir.Constant(_WORDS, [min(k // 3, PIXELS - 1) for k in range(COUNT)])
        return builder.shuffle_vector(found, found, order)

    return _SIXTEEN(array, at), generate


def _twice(typing: Any, array: Any, at: Any) -> Any:
    """array[at : at + 8] of a flat array, and the same again."""
    if not _flat(array, at):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        half = ir.VectorType(ir.FloatType(), COUNT // 2)
        found = builder.load(_place(context, builder, signed, arguments, half), align=4)
        order = ir.Constant(_WORDS, [k % (COUNT // 2) for k in range(COUNT)])
        return builder.shuffle_vector(found, found, order)

    return _SIXTEEN(array, at), generate


def _where(typing: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """What `yes` has where a <= b, and `no` elsewhere."""
    if not _some(a, b) or not _some(_SIXTEEN, yes, no):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        one, other, then, otherwise = _sixteen(builder, signed.args, arguments)
        return builder.select(builder.fcmp_ordered("<=", one, other), then, otherwise)

    return _SIXTEEN(a, b, yes, no), generate


def _any(order: str, a: Any, b: Any) -> Any:
    if not _some(a, b):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        found = builder.fcmp_ordered(order, *_sixteen(builder, signed.args, arguments))
        bits = builder.bitcast(found, ir.IntType(COUNT))
        return builder.icmp_unsigned("!=", bits, bits.type(0))

    return types.boolean(a, b), generate


def _any_above(typing: Any, a: Any, b: Any) -> Any:
    """Whether any a > b."""
    return _any(">", a, b)


def _any_not_below(typing: Any, a: Any, b: Any) -> Any:
    """Whether any a >= b."""
    return _any(">=", a, b)


def _greatest(typing: Any, numbers: Any) -> Any:
    """The greatest of them."""
    if numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        name = f"llvm.vector.reduce.fmax.v{COUNT}f32"
        return _call(builder, name, ir.FloatType(), list(arguments), _LOOSE)

    return types.float32(numbers), generate


def _whole(typing: Any, numbers: Any) -> Any:
    """Each without its fraction, as far as 32 bits hold it."""
    if numbers != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        return builder.sitofp(builder.fptosi(arguments[0], _WORDS), _NUMBERS)

    return _SIXTEEN(numbers), generate


def _halved(typing: Any, times: Any) -> Any:
    """1 halved so many times, whole numbers from 0 to 126."""
    if times != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        exponent = builder.sub(ir.Constant(_WORDS, [127] * COUNT), builder.fptosi(arguments[0], _WORDS))
        return builder.bitcast(builder.shl(exponent, ir.Constant(_WORDS, [23] * COUNT)), _NUMBERS)

    return _SIXTEEN(times), generate


def _picked(typing: Any, table: Any, at: Any) -> Any:
    """The numbers of a flat table at places `at`, whole and from 0 on."""
    if not _flat(table) or at != _SIXTEEN:
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        start = _start(context, builder, table, arguments[0])
        place = _places(builder, start, builder.fptosi(arguments[1], _WORDS))
        all_of = ir.Constant(ir.VectorType(_BIT, COUNT), [_BIT(1)] * COUNT)
        given = [place, _WORD(4), all_of, ir.Constant(_NUMBERS, [ir.FloatType()(0.0)] * COUNT)]
        return _call(builder, f"llvm.masked.gather.v{COUNT}f32.v{COUNT}p0", _NUMBERS, given)

    return _SIXTEEN(table, at), generate


def _between(typing: Any, table: Any, at: Any, share: Any) -> Any:
    """What a flat table has between its numbers `at`, whole and from 0 on, and the next ones: so much of the way."""
    if not _flat(table) or (at, share) != (_SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        start = _start(context, builder, table, arguments[0])
        low, high = _pairs(builder, start, builder.fptosi(arguments[1], _WORDS))
        way = builder.fmul(builder.fsub(high, low, flags=_LOOSE), arguments[2], flags=_LOOSE)
        return builder.fadd(low, way, flags=_LOOSE)

    return _SIXTEEN(table, at, share), generate


def _amid(typing: Any, table: Any, at: Any, row: Any, right: Any, down: Any) -> Any:
    """What a flat table has amid its numbers `at`, the next ones and a `row` on: so much of the way right and down."""
    if not _flat(table, row) or (at, right, down) != (_SIXTEEN, _SIXTEEN, _SIXTEEN):
        return None

    def generate(context: Any, builder: Any, signed: Any, arguments: Any) -> Any:
        start = _start(context, builder, signed.args[0], arguments[0])
        cells = builder.fptosi(arguments[1], _WORDS)
        ends = []
        for first in (start, builder.gep(start, [arguments[2]])):
            left, other = _pairs(builder, first, cells)
            way = builder.fmul(builder.fsub(other, left, flags=_LOOSE), arguments[3], flags=_LOOSE)
            ends.append(builder.fadd(left, way, flags=_LOOSE))
        way = builder.fmul(builder.fsub(ends[1], ends[0], flags=_LOOSE), arguments[4], flags=_LOOSE)
        return builder.fadd(ends[0], way, flags=_LOOSE)

    return _SIXTEEN(table, at, row, right, down), generate


class _Places(ir.Instruction):  # type: ignore[misc]
    """Addresses of several numbers from one: llvmlite's own instruction knows a single one, or none, by version."""

    def __init__(self, builder: Any, start: Any, cells: Any) -> None:
        several = ir.VectorType(start.type, cells.type.count)
        super().__init__(builder.block, several, "getelementptr", [start, cells])

    def descr(self, buf: list[str]) -> None:
        """Write what follows the name."""
        told = ", ".join(f"{one.type} {one.get_reference()}" for one in self.operands)
        buf.append(f"getelementptr {ir.FloatType()}, {told}\n")


def _places(builder: Any, start: Any, cells: Any) -> Any:
    """Where so many numbers of a table are that begins at `start`: one address and words, as processors gather."""
    places = _Places(builder, start, cells)
    builder._insert(places)
    return places


def _pairs(builder: Any, start: Any, cells: Any) -> tuple[Any, Any]:
    """Numbers with 16 `cells` of a table in memory and the next ones, each two looked up as one of 64 bits."""
    half = COUNT // 2
    doubles = ir.VectorType(ir.DoubleType(), half)
    all_of = ir.Constant(ir.VectorType(_BIT, half), [_BIT(1)] * half)
    found = []
    for first in (0, half):
        order = ir.Constant(ir.VectorType(_WORD, half), list(range(first, first + half)))
        place = _places(builder, start, builder.shuffle_vector(cells, cells, order))
        place = builder.bitcast(place, ir.VectorType(ir.DoubleType().as_pointer(), half))
        given = [place, _WORD(4), all_of, ir.Constant(doubles, [ir.DoubleType()(0.0)] * half)]
        pairs = _call(builder, f"llvm.masked.gather.v{half}f64.v{half}p0", doubles, given)
        found.append(builder.bitcast(pairs, _NUMBERS))
    low, high = (
        builder.shuffle_vector(*found, ir.Constant(_WORDS, list(range(odd, 2 * COUNT, 2)))) for odd in (0, 1)
    )
    return low, high


load = cast(Callable[[NDArray[np.float32], np.uint64], Loose], intrinsic(_load))
store = cast(Callable[[NDArray[np.float32], np.uint64, Loose], None], intrinsic(_store))
load_colours = cast(Callable[[NDArray[np.float32], np.uint64], Loose], intrinsic(_load_colours))
store_colours = cast(Callable[[NDArray[np.float32], np.uint64, Loose], None], intrinsic(_store_colours))
twice = cast(Callable[[NDArray[np.float32], np.uint64], Loose], intrinsic(_twice))
thrice = cast(Callable[[NDArray[np.float32], np.uint64], Loose], intrinsic(_thrice))
where = cast(Callable[[Any, Any, Any, Any], Loose], intrinsic(_where))
any_above = cast(Callable[[Any, Any], bool], intrinsic(_any_above))
any_not_below = cast(Callable[[Any, Any], bool], intrinsic(_any_not_below))
greatest = cast(Callable[[Loose], np.float32], intrinsic(_greatest))
whole = cast(Callable[[Loose], Loose], intrinsic(_whole))
halved = cast(Callable[[Loose], Loose], intrinsic(_halved))
picked = cast(Callable[[NDArray[np.float32], Loose], Loose], intrinsic(_picked))
between = cast(Callable[[NDArray[np.float32], Loose, Loose], Loose], intrinsic(_between))
amid = cast(Callable[[NDArray[np.float32], Loose, np.uint64, Loose, Loose], Loose], intrinsic(_amid))
