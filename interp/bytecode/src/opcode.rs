//! The one table of opcodes. Compiler, interpreter, recorder, disassembler and
//! tests are generated from it or checked against it.
//!
//! An instruction is one 64-bit word, `op:16 | a:16 | b:16 | c:16` from the low end,
//! followed by the opcode's extra words. The first `data` extra words belong to the
//! instruction (jump distances, constant indexes); the `cache` words after them are
//! inline caches, zero when compiled. A jump distance counts words from the end of the
//! instruction with its extra words. `J` operands take `b` and `c` together as one i32.
//!
//! Operand letters: `D` register written; `R` register read; `U` register read and
//! written; `K` constant index; `N` constant index of an interned name; `I` immediate;
//! `S` self slot of a call window (see the crate's `FRAME_WORDS`); `W` first of a run
//! of registers read; `V` first of a run of registers written; `J` jump distance; `_` unused.

/// How one operand field of an instruction is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// Register written.
    D,
    /// Register read.
    R,
    /// Register read and written.
    U,
    /// Constant index.
    K,
    /// Constant index of an interned name.
    N,
    /// Immediate.
    I,
    /// Self slot of a call window.
    S,
    /// First of a run of registers read.
    W,
    /// First of a run of registers written.
    V,
    /// Jump distance (fields b and c as one i32).
    J,
    /// Unused.
    X,
}

macro_rules! operand {
    (_) => {
        Operand::X
    };
    ($l:ident) => {
        Operand::$l
    };
}

macro_rules! opcodes {
    ($($(#[doc = $doc:literal])* $name:ident $a:tt $b:tt $c:tt data $data:literal cache $cache:literal;)*) => {
        /// An opcode.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u16)]
        pub enum Op { $($(#[doc = $doc])* $name),* }

        impl Op {
            /// Every opcode, in order of its number.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
            /// How many opcodes there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The name, as `dis` shows it.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name)),* }
            }

            /// What the fields a, b and c mean.
            pub const fn operands(self) -> [Operand; 3] {
                match self { $(Op::$name => [operand!($a), operand!($b), operand!($c)]),* }
            }

            /// Extra words that belong to the instruction.
            pub const fn data_words(self) -> usize {
                match self { $(Op::$name => $data),* }
            }

            /// Inline cache words after the data words.
            pub const fn cache_words(self) -> usize {
                match self { $(Op::$name => $cache),* }
            }
        }

        /// Calls the given macro with every opcode name: `mac!(NAME, NAME, ...)`.
        #[macro_export]
        macro_rules! for_each_opcode {
            ($mac:ident) => { $mac!($($name),*); };
        }
    };
}

opcodes! {
    /// Does nothing.
    NOP _ _ _ data 0 cache 0;
    /// Loads the frame's code and goes on at its start: what code begins with before it was run. Not in templates.
    LOAD_CODE _ _ _ data 0 cache 0;
    /// Function entry: hot counter and pending events. First instruction of every code object
    /// (after `RETURN_GENERATOR`). The cache word is the counter, later the trace.
    ENTER _ _ _ data 0 cache 1;
    /// a = b
    MOVE D R _ data 0 cache 0;
    /// a = constant [data word]
    LOAD_CONST D _ _ data 1 cache 0;
    /// a = small constant b (index below 65536)
    LOAD_K D K _ data 0 cache 0;
    /// a = the integer in b:c (i32)
    LOAD_INT D J _ data 0 cache 0;
    /// a = None
    LOAD_NONE D _ _ data 0 cache 0;
    /// a = True when b is 1, False when it is 0
    LOAD_BOOL D I _ data 0 cache 0;
    /// a = unbound (a local after `del`, a name at the end of `except ... as`)
    CLEAR D _ _ data 0 cache 0;
    /// UnboundLocalError unless register a is bound
    CHECK_BOUND R _ _ data 0 cache 0;

    /// Puts register a's value (possibly unbound) into a fresh cell, in place.
    MAKE_CELL U _ _ data 0 cache 0;
    /// a = contents of the cell in register b; UnboundLocalError/NameError when empty
    LOAD_CELL D R _ data 0 cache 0;
    /// contents of the cell in register a = b
    STORE_CELL R R _ data 0 cache 0;
    /// empties the cell in register a; NameError when it is empty
    DELETE_CELL R _ _ data 0 cache 0;
    /// a = contents of the function's free variable number b
    LOAD_FREE D I _ data 0 cache 0;
    /// free variable number a = register b
    STORE_FREE I R _ data 0 cache 0;
    /// empties free variable number a
    DELETE_FREE I _ _ data 0 cache 0;
    /// a = the cell itself of free variable number b
    LOAD_FREE_CELL D I _ data 0 cache 0;
    /// a = name [data] in the mapping in register b, else the cell in register c (class bodies, annotation scopes)
    LOAD_DICT_OR_CELL D R R data 1 cache 0;
    /// a = name c in the mapping in register b, else global, else builtin
    LOAD_DICT_OR_GLOBAL D R N data 0 cache 0;
    /// a = the frame's namespace (class, module, exec)
    LOAD_LOCALS D _ _ data 0 cache 0;
    /// a = name b in the frame's namespace, else global, else builtin
    LOAD_NAME D N _ data 0 cache 2;
    /// name a in the frame's namespace = register b
    STORE_NAME N R _ data 0 cache 2;
    /// deletes name a in the frame's namespace
    DELETE_NAME N _ _ data 0 cache 0;
    /// a = name b in the globals, else the builtins
    LOAD_GLOBAL D N _ data 0 cache 2;
    /// global name a = register b
    STORE_GLOBAL N R _ data 0 cache 2;
    /// deletes global name a
    DELETE_GLOBAL N _ _ data 0 cache 0;

    /// a = b.c
    LOAD_ATTR D R N data 0 cache 3;
    /// Method for a call: callable b.c to S-1, receiver to S (or the missing word when there is nothing to bind)
    LOAD_METHOD S R N data 0 cache 3;
    /// a.c = b
    STORE_ATTR R R N data 0 cache 3;
    /// del a.b
    DELETE_ATTR R N _ data 0 cache 0;
    /// super() call without arguments, then attribute: a = super(b, c).name[data]. b is the class, c the first argument;
    /// register a+1.. are not touched. `super` itself is loaded as the global; when it is not the builtin the compiler's
    /// emitted generic path is used.
    LOAD_SUPER_ATTR D R R data 1 cache 3;
    /// jump when a is not the builtin `super`: guards LOAD_SUPER_ATTR and LOAD_SUPER_METHOD, whose generic path follows there
    JUMP_IF_NOT_SUPER R J _ data 0 cache 0;
    /// jump when a is not the builtin function or class [data] (see `consumer` constants), or the program is observed: the
    /// function's loop over a generator expression follows, its call is there
    JUMP_IF_NOT_BUILTIN R J _ data 1 cache 1;
    /// As LOAD_SUPER_ATTR for a call: callable to S-1, receiver (or missing) to S
    LOAD_SUPER_METHOD S R R data 1 cache 3;
    /// Special method for a call, looked up on the type of b: which one is c (see `special` constants)
    LOAD_SPECIAL S R I data 0 cache 0;

    /// a = b[c]
    GETITEM D R R data 0 cache 1;
    /// a = b[constant c]
    GETITEM_K D R K data 0 cache 1;
    /// a[b] = c
    SETITEM R R R data 0 cache 1;
    /// del a[b]
    DELITEM R R _ data 0 cache 0;
    /// a = b[c : c+1] (start and stop in two registers)
    GETSLICE D R W data 0 cache 0;
    /// a[b : b+1] = c
    SETSLICE R W R data 0 cache 0;
    /// a = slice(b, b+1, b+2) when c is 3, slice(b, b+1) when 2
    BUILD_SLICE D W I data 0 cache 0;

    /// a = b + c
    ADD D R R data 0 cache 1;
    /// a = b - c
    SUB D R R data 0 cache 1;
    /// a = b * c
    MUL D R R data 0 cache 1;
    /// a = b / c
    TRUEDIV D R R data 0 cache 1;
    /// a = b // c
    FLOORDIV D R R data 0 cache 1;
    /// a = b % c
    MOD D R R data 0 cache 1;
    /// a = b ** c
    POW D R R data 0 cache 1;
    /// a = b @ c
    MATMUL D R R data 0 cache 1;
    /// a = b << c
    LSHIFT D R R data 0 cache 1;
    /// a = b >> c
    RSHIFT D R R data 0 cache 1;
    /// a = b & c
    AND D R R data 0 cache 1;
    /// a = b | c
    OR D R R data 0 cache 1;
    /// a = b ^ c
    XOR D R R data 0 cache 1;
    /// a = b + constant c
    ADD_K D R K data 0 cache 1;
    /// a = b - constant c
    SUB_K D R K data 0 cache 1;
    /// a = b * constant c
    MUL_K D R K data 0 cache 1;
    /// a = b / constant c
    TRUEDIV_K D R K data 0 cache 1;
    /// a = b // constant c
    FLOORDIV_K D R K data 0 cache 1;
    /// a = b % constant c
    MOD_K D R K data 0 cache 1;
    /// a = b ** constant c
    POW_K D R K data 0 cache 1;
    /// a = b << constant c
    LSHIFT_K D R K data 0 cache 1;
    /// a = b >> constant c
    RSHIFT_K D R K data 0 cache 1;
    /// a = b & constant c
    AND_K D R K data 0 cache 1;
    /// a = b | constant c
    OR_K D R K data 0 cache 1;
    /// a = b ^ constant c
    XOR_K D R K data 0 cache 1;
    /// b += c, result to a
    IADD D R R data 0 cache 1;
    /// b -= c
    ISUB D R R data 0 cache 1;
    /// b *= c
    IMUL D R R data 0 cache 1;
    /// b /= c
    ITRUEDIV D R R data 0 cache 1;
    /// b //= c
    IFLOORDIV D R R data 0 cache 1;
    /// b %= c
    IMOD D R R data 0 cache 1;
    /// b **= c
    IPOW D R R data 0 cache 1;
    /// b @= c
    IMATMUL D R R data 0 cache 1;
    /// b <<= c
    ILSHIFT D R R data 0 cache 1;
    /// b >>= c
    IRSHIFT D R R data 0 cache 1;
    /// b &= c
    IAND D R R data 0 cache 1;
    /// b |= c
    IOR D R R data 0 cache 1;
    /// b ^= c
    IXOR D R R data 0 cache 1;
    /// b += constant c, result to a
    IADD_K D R K data 0 cache 1;
    /// b -= constant c, result to a
    ISUB_K D R K data 0 cache 1;
    /// b *= constant c, result to a
    IMUL_K D R K data 0 cache 1;
    /// b /= constant c, result to a
    ITRUEDIV_K D R K data 0 cache 1;
    /// b //= constant c, result to a
    IFLOORDIV_K D R K data 0 cache 1;
    /// b %= constant c, result to a
    IMOD_K D R K data 0 cache 1;
    /// b **= constant c, result to a
    IPOW_K D R K data 0 cache 1;
    /// b <<= constant c, result to a
    ILSHIFT_K D R K data 0 cache 1;
    /// b >>= constant c, result to a
    IRSHIFT_K D R K data 0 cache 1;
    /// b &= constant c, result to a
    IAND_K D R K data 0 cache 1;
    /// b |= constant c, result to a
    IOR_K D R K data 0 cache 1;
    /// b ^= constant c, result to a
    IXOR_K D R K data 0 cache 1;
    /// a = -b
    NEG D R _ data 0 cache 0;
    /// a = +b
    POS D R _ data 0 cache 0;
    /// a = ~b
    INVERT D R _ data 0 cache 0;
    /// a = not b
    NOT D R _ data 0 cache 0;
    /// a = bool(b)
    TO_BOOL D R _ data 0 cache 0;

    /// a = b < c
    LT D R R data 0 cache 0;
    /// a = b <= c
    LE D R R data 0 cache 0;
    /// a = b == c
    EQ D R R data 0 cache 0;
    /// a = b != c
    NE D R R data 0 cache 0;
    /// a = b > c
    GT D R R data 0 cache 0;
    /// a = b >= c
    GE D R R data 0 cache 0;
    /// a = b is c
    IS D R R data 0 cache 0;
    /// a = b is not c
    IS_NOT D R R data 0 cache 0;
    /// a = b in c
    IN D R R data 0 cache 0;
    /// a = b not in c
    NOT_IN D R R data 0 cache 0;

    /// jump by a's b:c
    JUMP _ J _ data 0 cache 0;
    /// backward jump to a loop header: hot counter in the cache word, pending events
    JUMP_BACK _ J _ data 0 cache 1;
    /// jump when a is true
    JUMP_IF_TRUE R J _ data 0 cache 0;
    /// jump when a is false
    JUMP_IF_FALSE R J _ data 0 cache 0;
    /// jump when a is None
    JUMP_IF_NONE R J _ data 0 cache 0;
    /// jump when a is not None
    JUMP_IF_NOT_NONE R J _ data 0 cache 0;
    /// jump [data, i32] when the truth of (a < b) equals c (0 or 1)
    JUMP_LT R R I data 1 cache 0;
    /// jump when the truth of (a <= b) equals c
    JUMP_LE R R I data 1 cache 0;
    /// jump when the truth of (a == b) equals c
    JUMP_EQ R R I data 1 cache 0;
    /// jump when the truth of (a != b) equals c
    JUMP_NE R R I data 1 cache 0;
    /// jump when the truth of (a > b) equals c
    JUMP_GT R R I data 1 cache 0;
    /// jump when the truth of (a >= b) equals c
    JUMP_GE R R I data 1 cache 0;
    /// jump when the truth of (a < constant b) equals c
    JUMP_LT_K R K I data 1 cache 0;
    /// jump when the truth of (a <= constant b) equals c
    JUMP_LE_K R K I data 1 cache 0;
    /// jump when the truth of (a == constant b) equals c
    JUMP_EQ_K R K I data 1 cache 0;
    /// jump when the truth of (a != constant b) equals c
    JUMP_NE_K R K I data 1 cache 0;
    /// jump when the truth of (a > constant b) equals c
    JUMP_GT_K R K I data 1 cache 0;
    /// jump when the truth of (a >= constant b) equals c
    JUMP_GE_K R K I data 1 cache 0;
    /// jump when the truth of (a is b) equals c
    JUMP_IS R R I data 1 cache 0;
    /// jump when the truth of (a in b) equals c
    JUMP_IN R R I data 1 cache 0;

    /// a = iter(b)
    GET_ITER D R _ data 0 cache 0;
    /// b = next(a); jump [data, i32] when exhausted
    FOR_ITER R D _ data 1 cache 1;
    /// c registers from a = items of b, exactly c of them. Nothing is written unless it succeeds.
    UNPACK V R I data 0 cache 0;
    /// registers from a = items of b: c before, the starred list, [data] after. Nothing is written unless it succeeds.
    UNPACK_STAR V R I data 1 cache 0;

    /// a = (c registers from b)
    BUILD_TUPLE D W I data 0 cache 0;
    /// a = [c registers from b]
    BUILD_LIST D W I data 0 cache 0;
    /// a = {c registers from b}
    BUILD_SET D W I data 0 cache 0;
    /// a = {key: value, ...}: c pairs from b
    BUILD_MAP D W I data 0 cache 0;
    /// a = ''.join(c str registers from b)
    BUILD_STRING D W I data 0 cache 0;
    /// appends b to the list a
    LIST_APPEND R R _ data 0 cache 0;
    /// extends the list a by the iterable b (c is 1 in a call's *args: its own error text; callable for the message unknown)
    LIST_EXTEND R R I data 0 cache 0;
    /// a = tuple(list b)
    LIST_TO_TUPLE D R _ data 0 cache 0;
    /// adds b to the set a
    SET_ADD R R _ data 0 cache 0;
    /// adds the items of the iterable b to the set a
    SET_UPDATE R R _ data 0 cache 0;
    /// dict a [b] = c
    MAP_ADD R R R data 0 cache 0;
    /// dict a updated by the mapping b
    DICT_UPDATE R R _ data 0 cache 0;
    /// dict a updated by the mapping b of keyword arguments; duplicates are an error naming the callable in c
    DICT_MERGE R R R data 0 cache 0;
    /// a = str, repr or ascii of b, by c: 1, 2, 3
    CONVERT D R I data 0 cache 0;
    /// a = format(b, '')
    FORMAT D R _ data 0 cache 0;
    /// a = format(b, c)
    FORMAT_SPEC D R R data 0 cache 0;

    /// c = S-1(S?, S+1 ..): b positional arguments
    CALL S I D data 0 cache 2;
    /// as CALL; the last arguments are named by the constant tuple [data]; b counts all
    CALL_KW S I D data 1 cache 2;
    /// c = S-1(*S+1, **S+2): S+1 is a tuple; S+2 a dict or the missing word
    CALL_EX S _ D data 0 cache 1;
    /// a = the iterable b as a tuple for CALL_EX (b itself when it is an exact tuple); the error names the callable c
    ARGS_TUPLE D R R data 0 cache 0;
    /// puts the missing word into the self slot S (or into CALL_EX's S+2)
    PUSH_MISSING S _ _ data 0 cache 0;
    /// returns a
    RETURN R _ _ data 0 cache 0;
    /// returns None
    RETURN_NONE _ _ _ data 0 cache 0;

    /// a = function of code constant b; c: first of the present attributes in order defaults (tuple), kwdefaults
    /// (dict), annotations (tuple name, value, name, value ...), closure (tuple of cells); which are present: bits 1, 2, 4, 8 of [data]
    MAKE_FUNCTION D K W data 1 cache 0;
    /// a = builtins.__build_class__
    LOAD_BUILD_CLASS D _ _ data 0 cache 0;
    /// makes `__annotations__` in the frame's namespace unless it is there
    SETUP_ANNOTATIONS _ _ _ data 0 cache 0;
    /// a = __import__(name c, level in b, fromlist in b+1)
    IMPORT_NAME D W N data 0 cache 0;
    /// a = attribute c of module b, or the submodule, or ImportError
    IMPORT_FROM D R N data 0 cache 0;
    /// from module a import *
    IMPORT_STAR R _ _ data 0 cache 0;

    /// raise; c is 0: re-raise the handled exception; 1: raise a; 2: raise a from b
    RAISE R R I data 0 cache 0;
    /// raises the exception in a again, traceback unchanged. b is 1 to restore the position where it was first raised
    RERAISE R I _ data 0 cache 0;
    /// a = the exception handled so far; handled exception = b
    PUSH_EXC D R _ data 0 cache 0;
    /// handled exception = a (what PUSH_EXC saved)
    POP_EXC R _ _ data 0 cache 0;
    /// a = type of the exception b, a+1 = b, a+2 = its traceback or None (arguments for `__exit__`)
    EXC_INFO V R _ data 0 cache 0;
    /// a = does the exception b match c (TypeError when c is no exception class or tuple of them)
    EXC_MATCH D R R data 0 cache 0;
    /// a = part of b matching c or None, a+1 = rest or None
    EG_MATCH V R R data 0 cache 0;
    /// a = exception to re-raise or None, from original b and list c of raised and unhandled parts
    PREP_RERAISE_STAR D R R data 0 cache 0;
    /// a = AssertionError (the builtin, whatever the name is bound to)
    LOAD_ASSERTION_ERROR D _ _ data 0 cache 0;

    /// Turns the frame into a generator, coroutine or async generator and returns it to the caller.
    RETURN_GENERATOR _ _ _ data 0 cache 0;
    /// yields b; a = value sent. c is 0, or 1 + the register of the iterator delegated to
    YIELD D R I data 0 cache 0;
    /// sends b to the iterator a; c = what it yields, or jump [data] with c = what it returned
    SEND R R D data 1 cache 0;
    /// a = iterator for `yield from b`
    GET_YIELD_FROM_ITER D R _ data 0 cache 0;
    /// a = awaitable iterator of b; c: 0 await, 1 `async with` enter, 2 `async with` exit (error texts)
    GET_AWAITABLE D R I data 0 cache 0;
    /// a = b.__aiter__()
    GET_AITER D R _ data 0 cache 0;
    /// a = awaitable of b.__anext__()
    GET_ANEXT D R _ data 0 cache 0;
    /// exception a in `async for`: falls through when it is StopAsyncIteration, else raises it again
    END_ASYNC_FOR R _ _ data 0 cache 0;
    /// exception a thrown in at a delegating yield: when StopIteration, b = its value and falls through, else raises it
    CLEANUP_THROW R D _ data 0 cache 0;

    /// a = len(b)
    GET_LEN D R _ data 0 cache 0;
    /// a = is b a mapping for patterns
    MATCH_MAPPING D R _ data 0 cache 0;
    /// a = is b a sequence for patterns
    MATCH_SEQUENCE D R _ data 0 cache 0;
    /// a = tuple of the values of keys c in b, or None
    MATCH_KEYS D R R data 0 cache 0;
    /// a = tuple of attributes, or None: subject b, class in c, keyword names tuple in c+1, [data] positional patterns
    MATCH_CLASS D R W data 1 cache 0;

    /// a = intrinsic c of b (see `intrinsic` constants); two-argument ones read b and b+1
    INTRINSIC D W I data 0 cache 0;

    // Quick forms: the interpreter writes them over the general form, never the compiler.

    /// LOAD_ATTR of an instance slot: cache 0 = shape | slot << 32
    LOAD_ATTR_SLOT D R N data 0 cache 3;
    /// LOAD_ATTR of a class attribute that does not bind: cache 0 = shape | version << 32, cache 1 = value
    LOAD_ATTR_CLASS D R N data 0 cache 3;
    /// LOAD_ATTR of a module's global: cache 0 = shape, cache 1 = cell
    LOAD_ATTR_MODULE D R N data 0 cache 3;
    /// LOAD_ATTR through a `__slots__` or native member at a fixed offset
    LOAD_ATTR_MEMBER D R N data 0 cache 3;
    /// LOAD_ATTR of a property with a Python getter: cache 1 = function
    LOAD_ATTR_PROPERTY D R N data 0 cache 3;
    /// LOAD_ATTR of a class: cache 0 = version of the class | version of the metaclass << 32, cache 1 = value
    LOAD_ATTR_TYPE D R N data 0 cache 3;
    /// LOAD_METHOD found on the class: cache 0 = shape | version << 32, cache 1 = function
    LOAD_METHOD_CLASS S R N data 0 cache 3;
    /// LOAD_METHOD of an instance slot or a module's global
    LOAD_METHOD_SLOT S R N data 0 cache 3;
    /// LOAD_METHOD on a module: cache 1 = cell
    LOAD_METHOD_MODULE S R N data 0 cache 3;
    /// LOAD_METHOD of a class, nothing to bind: caches as LOAD_ATTR_TYPE
    LOAD_METHOD_TYPE S R N data 0 cache 3;
    /// STORE_ATTR to an existing slot: cache 0 = shape | slot << 32
    STORE_ATTR_SLOT R R N data 0 cache 3;
    /// STORE_ATTR that adds a slot: cache 0 = shape | slot << 32, cache 1 = new shape
    STORE_ATTR_ADD R R N data 0 cache 3;
    /// STORE_ATTR through a `__slots__` member
    STORE_ATTR_MEMBER R R N data 0 cache 3;
    /// LOAD_GLOBAL from a namespace cell: cache 0 = cell
    LOAD_GLOBAL_CELL D N _ data 0 cache 2;
    /// LOAD_GLOBAL of a builtin: cache 0 = cell, cache 1 = version of the globals' key set
    LOAD_GLOBAL_BUILTIN D N _ data 0 cache 2;
    /// LOAD_GLOBAL_CELL of a function to call: does the PUSH_MISSING that follows, too
    LOAD_GLOBAL_CELL_CALLEE D N _ data 0 cache 2;
    /// LOAD_GLOBAL_BUILTIN of a function to call: does the PUSH_MISSING that follows, too
    LOAD_GLOBAL_BUILTIN_CALLEE D N _ data 0 cache 2;
    /// STORE_GLOBAL / STORE_NAME to an existing namespace cell: cache 0 = cell
    STORE_GLOBAL_CELL N R _ data 0 cache 2;
    /// GETITEM list[int]
    GETITEM_LIST D R R data 0 cache 1;
    /// GETITEM tuple[int]
    GETITEM_TUPLE D R R data 0 cache 1;
    /// GETITEM dict[...]
    GETITEM_DICT D R R data 0 cache 1;
    /// SETITEM list[int]
    SETITEM_LIST R R R data 0 cache 1;
    /// SETITEM dict[...]
    SETITEM_DICT R R R data 0 cache 1;
    /// CALL of a Python function with exactly matching positional arguments: cache 0 = code
    CALL_PY S I D data 0 cache 2;
    /// CALL of a native function: cache 0 = native definition
    CALL_NATIVE S I D data 0 cache 2;
    /// CALL of a class with a Python `__init__` and the default `__new__`: cache 0 = class shape, cache 1 = function
    CALL_CLASS S I D data 0 cache 2;
    /// FOR_ITER over a list iterator
    FOR_ITER_LIST R D _ data 1 cache 1;
    /// FOR_ITER over a tuple iterator
    FOR_ITER_TUPLE R D _ data 1 cache 1;
    /// FOR_ITER over a range iterator
    FOR_ITER_RANGE R D _ data 1 cache 1;
    /// FOR_ITER over a generator: resumes its frame in place
    FOR_ITER_GENERATOR R D _ data 1 cache 1;

    /// ENTER of a function with a compiled trace: cache 0 = its address
    ENTER_TRACE _ _ _ data 0 cache 1;
    /// JUMP_BACK of a loop with a compiled trace: cache 0 = its address
    JUMP_BACK_TRACE _ J _ data 0 cache 1;
}

/// Which special method `LOAD_SPECIAL` loads (operand c).
pub mod special {
    pub const ENTER: u16 = 0;
    pub const EXIT: u16 = 1;
    pub const AENTER: u16 = 2;
    pub const AEXIT: u16 = 3;
}

/// Which function `JUMP_IF_NOT_BUILTIN` asks for (data word).
pub mod consumer {
    pub const LIST: u32 = 0;
    pub const TUPLE: u32 = 1;
    pub const SET: u32 = 2;
    pub const ANY: u32 = 3;
    pub const ALL: u32 = 4;
    pub const SORTED: u32 = 5;
}

/// Which intrinsic `INTRINSIC` runs (operand c).
pub mod intrinsic {
    /// Interactive expression statement: `sys.displayhook(b)`.
    pub const PRINT: u16 = 0;
    /// StopIteration escaping a generator becomes RuntimeError: b is the exception, result what to raise.
    pub const STOPITERATION_ERROR: u16 = 1;
    /// Wraps b as an async generator's yielded value.
    pub const ASYNC_GEN_WRAP: u16 = 2;
    /// TypeVar(name b)
    pub const TYPEVAR: u16 = 3;
    /// ParamSpec(name b)
    pub const PARAMSPEC: u16 = 4;
    /// TypeVarTuple(name b)
    pub const TYPEVARTUPLE: u16 = 5;
    /// `Generic[*b]` for the tuple b of type parameters
    pub const SUBSCRIPT_GENERIC: u16 = 6;
    /// TypeAliasType from the tuple b: (name, type params or None, function computing the value)
    pub const TYPEALIAS: u16 = 7;
    /// TypeVar(name b) with a lazily evaluated bound, function b+1
    pub const TYPEVAR_WITH_BOUND: u16 = 8;
    /// TypeVar(name b) with lazily evaluated constraints, function b+1
    pub const TYPEVAR_WITH_CONSTRAINTS: u16 = 9;
    /// function b gets `__type_params__` b+1; result b
    pub const SET_FUNCTION_TYPE_PARAMS: u16 = 10;
}

/// One instruction word.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Instr(pub u64);

impl Instr {
    /// Three 16-bit operands.
    #[inline(always)]
    pub const fn new(op: Op, a: u16, b: u16, c: u16) -> Instr {
        Instr(op as u16 as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }

    /// One 16-bit operand and a 32-bit one.
    #[inline(always)]
    pub const fn wide(op: Op, a: u16, bc: i32) -> Instr {
        Instr(op as u16 as u64 | (a as u64) << 16 | (bc as u32 as u64) << 32)
    }

    /// The opcode's number.
    #[inline(always)]
    pub const fn number(self) -> u16 {
        self.0 as u16
    }

    /// The opcode.
    ///
    /// # Panics
    /// When the word's number is no opcode (a damaged template).
    #[inline(always)]
    pub fn op(self) -> Op {
        Op::ALL[self.number() as usize]
    }

    /// The same operands under another opcode (quick forms).
    #[inline(always)]
    pub const fn with_op(self, op: Op) -> Instr {
        Instr(self.0 & !0xffff | op as u16 as u64)
    }

    #[inline(always)]
    pub const fn a(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline(always)]
    pub const fn b(self) -> usize {
        (self.0 >> 32) as u16 as usize
    }

    #[inline(always)]
    pub const fn c(self) -> usize {
        (self.0 >> 48) as usize
    }

    /// b and c as one signed number.
    #[inline(always)]
    pub const fn bc(self) -> i32 {
        (self.0 >> 32) as u32 as i32
    }
}

impl Op {
    /// Words of the instruction with everything after it.
    pub const fn words(self) -> usize {
        1 + self.data_words() + self.cache_words()
    }

    /// Where the jump distance is: in the instruction (`Some(false)`), in the first data word (`Some(true)`), or nowhere.
    pub fn jump(self) -> Option<bool> {
        match self {
            Op::JUMP
            | Op::JUMP_BACK
            | Op::JUMP_BACK_TRACE
            | Op::JUMP_IF_TRUE
            | Op::JUMP_IF_FALSE
            | Op::JUMP_IF_NONE
            | Op::JUMP_IF_NOT_NONE
            | Op::JUMP_IF_NOT_SUPER
            | Op::JUMP_IF_NOT_BUILTIN => Some(false),
            Op::JUMP_LT | Op::JUMP_LE | Op::JUMP_EQ | Op::JUMP_NE | Op::JUMP_GT | Op::JUMP_GE => Some(true),
            Op::JUMP_LT_K | Op::JUMP_LE_K | Op::JUMP_EQ_K | Op::JUMP_NE_K | Op::JUMP_GT_K | Op::JUMP_GE_K => {
                Some(true)
            }
            Op::JUMP_IS | Op::JUMP_IN | Op::SEND => Some(true),
            Op::FOR_ITER
            | Op::FOR_ITER_LIST
            | Op::FOR_ITER_TUPLE
            | Op::FOR_ITER_RANGE
            | Op::FOR_ITER_GENERATOR => Some(true),
            _ => None,
        }
    }
}
