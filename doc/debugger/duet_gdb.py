"""Duet's types in gdb. In ~/.gdbinit or at the prompt: source <prefix>/share/duet/duet_gdb.py

dual, hyperdual and taylor show their numbers under the names that read them in C++, var its value and its index on the
tape, a tape what is recorded on it, an expression its operations and its value.
"""

import gdb
import gdb.printing
import gdb.types


def bases(value):
    return [value[field] for field in value.type.fields() if field.is_base_class]


def lanes_of(block):
    """The numbers of one block: a vector of the compiler's, or one number."""
    kind = block.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_ARRAY:
        return [block]
    first, last = kind.range()
    return [block[i] for i in range(first, last + 1)]


def elements(array):
    """Those of a std::array, of libstdc++ or libc++."""
    data = array[array.type.fields()[0]]
    first, last = data.type.strip_typedefs().range()
    return [data[i] for i in range(first, last + 1)]


def numbers_of(members):
    """Those of duet::block_members or a std::array of blocks, one after another, and how many a block has."""
    blocks = [base["block"] for base in bases(members)] or elements(members)
    return [number for block in blocks for number in lanes_of(block)], len(lanes_of(blocks[0]))


def shared_pointer(pointer):
    for member in ("_M_ptr", "__ptr_"):
        if gdb.types.has_field(pointer.type.strip_typedefs(), member):
            return pointer[member]
    raise RuntimeError("an unknown std::shared_ptr")


class Numbers:
    """A type whose parts are shown one below the other; `parts` yields names and numbers."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return None

    def children(self):
        try:
            yield from self.parts()
        except (gdb.error, RuntimeError) as error:  # not initialised, or of another version
            yield "unreadable", str(error)


class Dual(Numbers):
    def parts(self):
        yield "value", self.value["value_"]
        partials = self.value["partials_"]
        if gdb.types.has_field(partials.type.strip_typedefs(), "size_"):  # dual<T, dynamic>
            size = int(partials["size_"])
            data = shared_pointer(partials["data_"])
            lanes = len(lanes_of(data.dereference())) if size else 1
            numbers = [lanes_of(data[i // lanes])[i % lanes] for i in range(size)]
        else:
            size = int(self.value.type.template_argument(1))
            numbers, _ = numbers_of(partials["members_"])
            mark = self.value["mark_"] if gdb.types.has_field(self.value.type.strip_typedefs(), "mark_") else None
            if mark is not None and gdb.types.has_field(mark.type.strip_typedefs(), "stored_") and not mark["stored_"]:
                numbers = [0] * size
        for i in range(size):
            yield f"partial({i})", numbers[i]


class Hyperdual(Dual):
    def parts(self):
        yield from super().parts()
        n = int(self.value.type.template_argument(1))
        storage = self.value["hessian_"]
        rows = storage["rows_"]
        # rows that may differ from zero, a bit each; the others are not stored
        stored = int(rows["bits_"]) if gdb.types.has_field(rows.type.strip_typedefs(), "bits_") else -1
        if stored == 0:
            yield "hessian", "zero"
            return
        if n > 64:
            stored = -1
        members = storage["all_"]["members_"]
        numbers, lanes = numbers_of(members)
        for i in range(n):
            for j in range(i, n):
                known = stored >> i & 1
                yield f"second({i}, {j})", numbers[self.place(i, j, n, lanes, len(bases(members)) > 0)] if known else 0

    # Where duet::symmetric keeps entry (i, j), i <= j, by rows or by diagonals.
    @staticmethod
    def place(i, j, n, lanes, unrolled):
        count = (n + lanes - 1) // lanes
        padded = lanes * count

        def row_start(row):
            full = row // lanes
            return row * count - lanes * (full * (full - 1) // 2) - full * (row - full * lanes)

        if unrolled and (count > 1 or (lanes >= 4 and padded // 2 + 1 <= row_start(n))):
            diagonal = j - i
            if diagonal > padded // 2:
                return (padded - diagonal) * padded + j
            return diagonal * padded + i
        return (row_start(i) - i // lanes) * lanes + j


class Taylor(Numbers):
    def parts(self):
        for k, coefficient in enumerate(elements(self.value["coefficients_"])):
            yield f"coefficient({k})", coefficient


class Var(Numbers):
    def parts(self):
        yield "value", self.value["value_"]
        index = int(self.value["index_"])
        yield "index", index if index != 0 else "passive"


class Tape(Numbers):
    # The codes of duet::descriptor.
    INPUT, EXTERNAL, ARRAY = 0, 64, 72
    MOST_COUNTED = 1 << 24

    def parts(self):
        number = self.value.type.template_argument(0)
        head = self.value["parked_"]
        if int(head["owner"]) != int(self.value.address):
            head = gdb.parse_and_eval(f"'duet::active_head<{number}>'")
            if int(head["owner"]) != int(self.value.address):
                yield "recording", "in another thread"
                return
            yield "recording", "here"
        entries = int(head["next"]) - 1  # descriptor 0 stands for passive numbers
        if entries > self.MOST_COUNTED:
            yield "entries", entries
            return
        codes = b""
        if entries > 0:
            codes = gdb.selected_inferior().read_memory(int(head["descriptors"]) + 1, entries).tobytes()
        counts = [codes.count(code) for code in (self.INPUT, self.EXTERNAL, self.ARRAY)]
        yield "statements", entries - sum(counts)
        yield from zip(("inputs", "externals", "arrays"), counts)


def text_of(operand):
    """An operand of a node as text: a node again, a leaf's or a passive number."""
    kind = operand.type.strip_typedefs()
    if kind.name.startswith("duet::expression<"):
        operands = []
        rest = bases(operand)[0]
        while rest is not None:
            operands.append(rest["first"])
            fields = rest.type.strip_typedefs()
            if gdb.types.has_field(fields, "second"):
                operands.append(rest["second"])
            rest = rest["rest"] if gdb.types.has_field(fields, "rest") else None
        name = kind.template_argument(0).strip_typedefs().name.split("::")[-1]
        return f"{name}({', '.join(text_of(x) for x in operands)})"
    number = operand["number"] if gdb.types.has_field(kind, "number") else operand[kind.fields()[0]]
    while not number.type.strip_typedefs().is_scalar:  # the value of a nested scalar
        number = number["value_"]
    return number.format_string()


class Expression(Numbers):
    def to_string(self):
        return text_of(self.value)

    def parts(self):
        yield "value", self.value["value_"]


def register(objfile=None):
    printers = gdb.printing.RegexpCollectionPrettyPrinter("duet")
    for name, printer in (("dual", Dual), ("hyperdual", Hyperdual), ("taylor", Taylor), ("var", Var), ("tape", Tape),
                          ("expression", Expression)):
        printers.add_printer(name, f"^duet::{name}<.*>$", printer)
    gdb.printing.register_pretty_printer(objfile, printers, replace=True)


register()
