"""NamedTuples of arrays that compiled functions take by address.

By value a :class:`~selectivity.engine.arrays.Model` alone is some 300 arguments of every function
that it is handed to, and most of the time of a first compilation was spent on passing them on. By
address it is one. A field is read where it is used; loops that must vectorise take arrays, not the
tuple that holds them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox

T = TypeVar("T", bound=type)


class Held(types.Type):
    """Address of a NamedTuple of type ``record``."""

    def __init__(self, record: types.NamedTuple) -> None:
        self.record = record
        super().__init__(f"held({record.name})")

    @property
    def key(self) -> Any:
        """What tells two such types apart."""
        return self.record.key


@register_model(Held)
class _HeldModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Held) -> None:
        pointee = dmm.lookup(fe_type.record).get_value_type()
        super().__init__(dmm, fe_type, ir.PointerType(pointee))


@infer_getattr
class _HeldFields(AttributeTemplate):
    key = Held

    def generic_resolve(  # type: ignore[override]
        self, held: Held, name: str
    ) -> types.Type | None:
        fields = held.record.fields
        return held.record[fields.index(name)] if name in fields else None


@lower_getattr_generic(Held)
def _field(context: Any, builder: Any, held: Held, address: Any, name: str) -> Any:
    index = held.record.fields.index(name)
    value = builder.load(cgutils.gep_inbounds(builder, address, 0, index))
    return impl_ret_borrowed(context, builder, held.record[index], value)


@unbox(Held)
def _unbox(held: Held, obj: Any, c: Any) -> NativeValue:
    record = c.unbox(held.record, obj)
    address = cgutils.alloca_once_value(c.builder, record.value)
    return NativeValue(address, is_error=record.is_error, cleanup=record.cleanup)


def held(record: T) -> T:
    """Let compiled functions take the NamedTuple class ``record`` by address."""

    @typeof_impl.register(record)
    def _type(value: Any, context: Any) -> Held:
        return Held(types.NamedTuple([typeof_impl(field, context) for field in value], record))

    return record
