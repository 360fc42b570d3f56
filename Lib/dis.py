"""Disassembler of Krait's instructions.

Krait's own module: the library's copy reads the instructions of CPython.  The
interface is the same, so that tools which look at names, constants, lines and
jumps work; which instructions there are is Krait's own business and changes.

Registers are written by the names of locals, temporaries as t0, t1, ...
"""

import collections
import io
import itertools
import sys
import types

import opcode as _opcode_module
from _opcode import _tables
from opcode import *
from opcode import (_const_data, _data_words, _inline_cache_entries, _jumps,
                    _operands, _specializations)

__all__ = ["code_info", "dis", "disassemble", "distb", "disco",
           "findlinestarts", "findlabels", "show_code", "get_instructions",
           "Instruction", "Bytecode"] + _opcode_module.__all__

# What classes and modules are searched for.
_have_code = (types.MethodType, types.FunctionType, types.CodeType,
              classmethod, staticmethod, type)

_WORD = 8
_REGISTERS = frozenset("DRUSWV")
_LOAD_INT = opmap["LOAD_INT"]

deoptmap = {quick: base for base, quicks in _specializations.items() for quick in quicks}

# inspect makes its CO_* constants of these.
COMPILER_FLAG_NAMES = {
    1 << i: name for i, name in enumerate(
        ["OPTIMIZED", "NEWLOCALS", "VARARGS", "VARKEYWORDS", "NESTED", "GENERATOR",
         "NOFREE", "COROUTINE", "ITERABLE_COROUTINE", "ASYNC_GENERATOR"])
}


class _Unknown:
    def __repr__(self):
        return "<unknown>"


# Stands for values that are not known.
UNKNOWN = _Unknown()

Positions = collections.namedtuple(
    "Positions", ["lineno", "end_lineno", "col_offset", "end_col_offset"],
    defaults=[None] * 4)

_Instruction = collections.namedtuple(
    "_Instruction",
    ["opname", "opcode", "arg", "argval", "argrepr", "offset", "starts_line",
     "is_jump_target", "positions"],
    defaults=[None])

_ExceptionTableEntry = collections.namedtuple(
    "_ExceptionTableEntry", "start end target depth lasti")


class Instruction(_Instruction):
    """An instruction.

    opname - its name
    opcode - its number
    arg - the number of the operand that matters most, None if there is none
    argval - what that operand stands for: a constant, a name, the offset of a jump's
             target, the name of a register
    argrepr - all operands, as text
    offset - where it starts, in bytes
    starts_line - the line that begins here, or None
    is_jump_target - whether other code jumps to it
    positions - the span of its source, or None
    """

    __slots__ = ()

    def _disassemble(self, lineno_width=3, mark_as_current=False, offset_width=4):
        fields = []
        if lineno_width:
            line = "" if self.starts_line is None else str(self.starts_line)
            fields.append(line.rjust(lineno_width))
        fields.append("-->" if mark_as_current else "   ")
        fields.append(">>" if self.is_jump_target else "  ")
        fields.append(str(self.offset).rjust(offset_width))
        fields.append(self.opname.ljust(20))
        fields.append(self.argrepr)
        return " ".join(fields).rstrip()


def pretty_flags(flags):
    """The names of a code object's flags."""
    names = []
    for i in range(flags.bit_length()):
        flag = flags & 1 << i
        if flag:
            names.append(COMPILER_FLAG_NAMES.get(flag, hex(flag)))
    return ", ".join(names) or hex(flags)


def _try_compile(source, name):
    """Compiles an expression, or else statements."""
    try:
        return compile(source, name, "eval")
    except SyntaxError:
        pass
    return compile(source, name, "exec")


def _unwrap(x):
    """The code object of a method, function, generator, ..., or the object itself."""
    x = getattr(x, "__func__", x)
    for attribute in ("__code__", "gi_code", "ag_code", "cr_code"):
        if hasattr(x, attribute):
            return getattr(x, attribute)
    return x


def _get_code_object(x):
    x = _unwrap(x)
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, "co_code"):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


# ---- Decoding

class _Names:
    """What operands of a code object mean; without one, only their numbers are known."""

    def __init__(self, co=None):
        self.registers, self.constants, self.free = (), None, ()
        if co is not None:
            self.registers, self.constants, _ = _tables(co)
            self.free = co.co_freevars

    def register(self, i):
        if i < len(self.registers):
            return self.registers[i]
        if self.constants is None:
            return "r%d" % i
        return "t%d" % (i - len(self.registers))

    def constant(self, i):
        if self.constants is None or i >= len(self.constants):
            return UNKNOWN
        return self.constants[i]


def _words(code):
    """Offset, opcode, operands a, b, c, b and c as one number, data words."""
    words = memoryview(bytes(code)).cast("Q")
    at = 0
    while at < len(words):
        word = words[at]
        op = word & 0xFFFF
        if op >= len(opname):
            raise ValueError("no instruction at offset %d" % (at * _WORD))
        bc = word >> 32
        data = words[at + 1:at + 1 + _data_words[op]].tolist()
        yield (at * _WORD, op, (word >> 16 & 0xFFFF, word >> 32 & 0xFFFF, word >> 48),
               bc - (1 << 32) if bc >> 31 else bc, data)
        at += 1 + _data_words[op] + _inline_cache_entries[op]


def _size(op):
    return (1 + _data_words[op] + _inline_cache_entries[op]) * _WORD


def _target(offset, op, bc, data):
    """The offset that an instruction jumps to, or None."""
    kind = _jumps[op]
    if not kind:
        return None
    distance = bc
    if kind == 2:
        distance = data[0] & 0xFFFFFFFF
        if distance >> 31:
            distance -= 1 << 32
    return offset + _size(op) + distance * _WORD


def _explain(offset, op, fields, bc, data, names):
    """The operand that matters most, its meaning, and all operands as text."""
    shown = []
    first = best = None
    for letter, n in zip(_operands[op], fields):
        if letter in _REGISTERS:
            name = names.register(n)
            shown.append(name)
            first = first or (n, name)
        elif letter in "KN":
            value = names.constant(n)
            text = "k%d" % n if value is UNKNOWN else value if letter == "N" else repr(value)
            shown.append(str(text))
            best = (n, value)
        elif letter == "I":
            shown.append("#%d" % n)
            if "_FREE" in opname[op] and n < len(names.free):
                shown[-1] = names.free[n]
                best = (n, names.free[n])
            elif opname[op] == "LOAD_BOOL":
                best = (n, bool(n))
            first = first or (n, n)
        elif letter == "J" and op == _LOAD_INT:
            shown.append(str(bc))
            best = (bc, bc)
    target = _target(offset, op, bc, data)
    if target is not None:
        shown.append("to %d" % target)
        best = (target, target)
    elif data and _const_data[op]:
        value = names.constant(data[0])
        shown.append("k%d" % data[0] if value is UNKNOWN else repr(value))
        best = (data[0], value)
    elif data:
        shown.append("#%d" % data[0])
    arg, argval = best or first or (None, None)
    return arg, argval, ", ".join(shown)


def _get_instructions_bytes(code, names, linestarts=None, line_offset=0,
                            exception_entries=(), co_positions=None, show_caches=False):
    """The instructions in a sequence of bytes."""
    labels = set(findlabels(code))
    labels.update(entry.target for entry in exception_entries)
    # The table has an entry for every two bytes.
    positions = itertools.islice(co_positions or (), 0, None, _WORD // 2)
    raw = bytes(code)
    for offset, op, fields, bc, data in _words(code):
        starts_line = None
        if linestarts is not None:
            starts_line = linestarts.get(offset)
            if starts_line is not None:
                starts_line += line_offset
        spans = [Positions(*p) for p in itertools.islice(positions, _size(op) // _WORD)]
        yield Instruction(
            opname[op], op, *_explain(offset, op, fields, bc, data, names), offset,
            starts_line, offset in labels, spans[0] if spans else Positions())
        if show_caches:
            for i in range(_inline_cache_entries[op]):
                at = offset + (1 + _data_words[op] + i) * _WORD
                value = int.from_bytes(raw[at:at + _WORD], "little")
                yield Instruction("CACHE", EXTENDED_ARG, value, value, hex(value), at, None,
                                  False, spans[0] if spans else Positions())


def _code_bytes(co, adaptive):
    return _tables(co)[2] if adaptive else co.co_code


def get_instructions(x, *, first_line=None, show_caches=False, adaptive=False):
    """The instructions of a function, method, string of source code or code object.

    Lines are counted from first_line, if that is given.
    """
    co = _get_code_object(x)
    line_offset = 0 if first_line is None else first_line - co.co_firstlineno
    return _get_instructions_bytes(
        _code_bytes(co, adaptive), _Names(co), dict(findlinestarts(co)), line_offset,
        co_positions=co.co_positions(), show_caches=show_caches)


def _parse_exception_table(co):
    """The ranges of instructions with their handlers; depth is the exception's register."""
    numbers = memoryview(co.co_exceptiontable).cast("I").tolist()
    return [
        _ExceptionTableEntry(start * _WORD, end * _WORD, target * _WORD, register, False)
        for start, end, target, register in zip(*[iter(numbers)] * 4)]


def _unpack_opargs(code):
    """Offset, opcode and main operand of each instruction."""
    names = _Names()
    for offset, op, fields, bc, data in _words(code):
        yield offset, op, _explain(offset, op, fields, bc, data, names)[0]


def findlabels(code):
    """The offsets that instructions jump to."""
    labels = []
    for offset, op, fields, bc, data in _words(code):
        target = _target(offset, op, bc, data)
        if target is not None and target not in labels:
            labels.append(target)
    return labels


def findlinestarts(code):
    """The offsets where lines start, with the lines."""
    last = None
    for start, end, line in code.co_lines():
        if line is not None and line != last:
            last = line
            yield start, line


def _find_imports(co):
    """(name, level, fromlist) of the import statements in the code."""
    names, known = _Names(co), {}
    for offset, op, fields, bc, data in _words(co.co_code):
        a, b, c = fields
        match opname[op]:
            case "IMPORT_NAME":
                yield names.constant(c), known.get(b), known.get(b + 1)
            case "LOAD_CONST":
                known[a] = names.constant(data[0])
            case "LOAD_K":
                known[a] = names.constant(b)
            case "LOAD_INT":
                known[a] = bc
            case "LOAD_NONE":
                known[a] = None


def _find_store_names(co):
    """Names of the variables that the code assigns to in its namespace."""
    for i in get_instructions(co):
        if i.opname in ("STORE_NAME", "STORE_GLOBAL"):
            yield i.argval


# ---- Printing

def code_info(x):
    """What there is to know of a function, method, string of source or code object."""
    return _format_code_info(_get_code_object(x))


def _format_code_info(co):
    lines = [f"{title + ':':<18} {value}" for title, value in (
        ("Name", co.co_name),
        ("Filename", co.co_filename),
        ("Argument count", co.co_argcount),
        ("Positional-only arguments", co.co_posonlyargcount),
        ("Kw-only arguments", co.co_kwonlyargcount),
        ("Number of locals", co.co_nlocals),
        ("Stack size", co.co_stacksize),
        ("Flags", pretty_flags(co.co_flags)))]
    for title, items, show in (
            ("Constants", co.co_consts, repr), ("Names", co.co_names, str),
            ("Variable names", co.co_varnames, str), ("Free variables", co.co_freevars, str),
            ("Cell variables", co.co_cellvars, str)):
        if items:
            lines.append(title + ":")
            lines.extend("%4d: %s" % (i, show(item)) for i, item in enumerate(items))
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Prints code_info()."""
    print(code_info(co), file=file)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False):
    """Disassembles classes, modules, functions, generators, code, source, bytes.

    Without an argument: where the last traceback ended.
    """
    options = {"file": file, "show_caches": show_caches, "adaptive": adaptive}
    if x is None:
        distb(**options)
        return
    x = _unwrap(x)
    if hasattr(x, "__dict__") and not hasattr(x, "co_code"):
        for name, value in sorted(x.__dict__.items()):
            if isinstance(value, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(value, depth=depth, **options)
                except TypeError as error:
                    print("Sorry:", error, file=file)
                print(file=file)
    elif hasattr(x, "co_code"):
        _disassemble_recursive(x, depth=depth, **options)
    elif isinstance(x, (bytes, bytearray)):
        _print_instructions(x, _Names(), file=file, show_caches=show_caches)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, "<dis>"), depth=depth, **options)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False):
    """Disassembles where a traceback ended (the last one by default)."""
    if tb is None:
        try:
            tb = sys.last_exc.__traceback__ if hasattr(sys, "last_exc") else sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
        while tb.tb_next:
            tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, show_caches=show_caches,
                adaptive=adaptive)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False):
    """Disassembles a code object; an arrow marks the instruction at lasti."""
    _print_instructions(
        _code_bytes(co, adaptive), _Names(co), lasti, linestarts=dict(findlinestarts(co)),
        exception_entries=_parse_exception_table(co), co_positions=co.co_positions(),
        file=file, show_caches=show_caches)


disco = disassemble


def _disassemble_recursive(co, *, file=None, depth=None, show_caches=False, adaptive=False):
    disassemble(co, file=file, show_caches=show_caches, adaptive=adaptive)
    if depth is not None and depth <= 0:
        return
    for inner in co.co_consts:
        if hasattr(inner, "co_code"):
            print(file=file)
            print("Disassembly of %r:" % (inner,), file=file)
            _disassemble_recursive(
                inner, file=file, depth=None if depth is None else depth - 1,
                show_caches=show_caches, adaptive=adaptive)


def _print_instructions(code, names, lasti=-1, *, linestarts=None, line_offset=0, file=None,
                        exception_entries=(), co_positions=None, show_caches=False):
    lineno_width = 0
    if linestarts:
        lineno_width = max(3, len(str(max(linestarts.values()) + line_offset)))
    offset_width = max(4, len(str(len(code))))
    for i in _get_instructions_bytes(code, names, linestarts, line_offset, exception_entries,
                                     co_positions, show_caches):
        if lineno_width and i.starts_line is not None and i.offset > 0:
            print(file=file)
        if show_caches or i.opname == "CACHE":
            current = i.offset == lasti
        else:
            current = i.offset <= lasti < i.offset + _size(i.opcode)
        print(i._disassemble(lineno_width, current, offset_width), file=file)
    if exception_entries:
        print("ExceptionTable:", file=file)
        for entry in exception_entries:
            print("  %d to %d -> %d [%s]" % (entry.start, entry.end, entry.target,
                                             names.register(entry.depth)), file=file)


class Bytecode:
    """The instructions of a function, method, string of source or code object.

    Iterating gives Instruction objects.
    """

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False,
                 adaptive=False):
        self.codeobj = co = _get_code_object(x)
        self.first_line = co.co_firstlineno if first_line is None else first_line
        self._line_offset = self.first_line - co.co_firstlineno
        self._linestarts = dict(findlinestarts(co))
        self._original_object = x
        self.current_offset = current_offset
        self.exception_entries = _parse_exception_table(co)
        self.show_caches = show_caches
        self.adaptive = adaptive

    def __iter__(self):
        co = self.codeobj
        return _get_instructions_bytes(
            _code_bytes(co, self.adaptive), _Names(co), self._linestarts, self._line_offset,
            self.exception_entries, co.co_positions(), self.show_caches)

    def __repr__(self):
        return "%s(%r)" % (self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """Of the code where a traceback ended."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti, show_caches=show_caches,
                   adaptive=adaptive)

    def info(self):
        """As code_info()."""
        return _format_code_info(self.codeobj)

    def dis(self):
        """The instructions as text."""
        co = self.codeobj
        with io.StringIO() as output:
            _print_instructions(
                _code_bytes(co, self.adaptive), _Names(co),
                -1 if self.current_offset is None else self.current_offset,
                linestarts=self._linestarts, line_offset=self._line_offset, file=output,
                exception_entries=self.exception_entries, co_positions=co.co_positions(),
                show_caches=self.show_caches)
            return output.getvalue()


def main():
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("infile", type=argparse.FileType("rb"), nargs="?", default="-")
    args = parser.parse_args()
    with args.infile as infile:
        source = infile.read()
    dis(compile(source, args.infile.name, "exec"))


if __name__ == "__main__":
    main()
