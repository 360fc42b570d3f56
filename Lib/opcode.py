"""Krait's instructions for tools: names, numbers, and what the operands are.

Krait's own module: the library's copy describes the instructions of CPython.

An instruction is a word of 64 bits, the opcode and three operands of 16 bits each,
followed by data words and inline caches.  Offsets count bytes, eight to a word.
"""

from _opcode import _instructions, stack_effect

__all__ = ["cmp_op", "hasarg", "hasconst", "hasname", "hasjrel", "hasjabs",
           "haslocal", "hascompare", "hasfree", "hasexc", "opname", "opmap",
           "HAVE_ARGUMENT", "EXTENDED_ARG", "stack_effect"]

cmp_op = ('<', '<=', '==', '!=', '>', '>=')

# Every instruction may have operands, and none extends those of another.
HAVE_ARGUMENT = 0
EXTENDED_ARG = 0xFFFF
ENABLE_SPECIALIZATION = True

# By opcode: the letters of the operands, data words, cache words, where a jump
# distance is (0: nowhere, 1: in the instruction, 2: in the data word), and
# whether the data word is the index of a constant.
_operands = []
_data_words = []
_inline_cache_entries = []
_jumps = []
_const_data = []

opname = []
opmap = {}
hasarg, hasconst, hasname, hasjrel, hasjabs = [], [], [], [], []
haslocal, hascompare, hasfree, hasexc = [], [], [], []

# How the names of comparisons begin.
_COMPARISONS = {"LT", "LE", "EQ", "NE", "GT", "GE"}

for _name, _letters, _data, _cache, _jump, _const in _instructions():
    _number = len(opname)
    opname.append(_name)
    opmap[_name] = _number
    _operands.append(_letters)
    _data_words.append(_data)
    _inline_cache_entries.append(_cache)
    _jumps.append(_jump)
    _const_data.append(_const)
    if _letters != "___" or _data:
        hasarg.append(_number)
    if "K" in _letters or _const:
        hasconst.append(_number)
    if "N" in _letters:
        hasname.append(_number)
    if _jump:
        hasjrel.append(_number)
    if set(_letters) & set("DRUSWV"):
        haslocal.append(_number)
    if _name.removeprefix("JUMP_").removesuffix("_K") in _COMPARISONS:
        hascompare.append(_number)
    if "_FREE" in _name or "_CELL" in _name and "GLOBAL" not in _name:
        hasfree.append(_number)

# General forms with the quick forms that may take their places.
_specializations = {}
for _name in opname[opmap["INTRINSIC"] + 1:]:
    _base = _name
    while "_" in _base:
        _base = _base.rpartition("_")[0]
        if _base in opmap:
            _specializations.setdefault(_base, []).append(_name)
            break
_specialized_instructions = [n for names in _specializations.values() for n in names]


def is_pseudo(op):
    """Is this an instruction that only a compiler knows?  There are none."""
    return False


del _name, _letters, _data, _cache, _jump, _const, _number, _base
