//! The one table of builtin types: identity, name, base and cell kind.
//!
//! The number of a type is also the fixed shape index of its exact instances. Methods
//! are not here; each type's file holds its own table, and `bootstrap.rs` joins them.

use crate::kind::Kind;

macro_rules! builtin_types {
    ($($id:ident $name:literal $module:literal $base:ident $kind:ident $flags:expr;)*) => {
        /// A builtin type.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum TypeId { $($id),* }

        impl TypeId {
            pub const ALL: &'static [TypeId] = &[$(TypeId::$id),*];
            pub const COUNT: usize = Self::ALL.len();

            /// `__name__`.
            pub const fn name(self) -> &'static str {
                match self { $(TypeId::$id => $name),* }
            }

            /// `__module__`.
            pub const fn module(self) -> &'static str {
                match self { $(TypeId::$id => $module),* }
            }

            /// The base; `object` has itself.
            pub const fn base(self) -> TypeId {
                match self { $(TypeId::$id => TypeId::$base),* }
            }

            /// Layout of the instances.
            pub const fn kind(self) -> Kind {
                match self { $(TypeId::$id => Kind::$kind),* }
            }

            /// Flags, see `flags`.
            pub const fn flags(self) -> u8 {
                match self { $(TypeId::$id => $flags),* }
            }
        }
    };
}

/// Flags of the table.
pub mod flags {
    /// A Python class may have it as a base.
    pub const BASE: u8 = 1;
    /// Lies in the `builtins` module under its name.
    pub const PUBLIC: u8 = 2;
    /// Instances have an attribute dict.
    pub const DICT: u8 = 4;
    /// Cannot be instantiated: "cannot create 'x' instances".
    pub const NO_NEW: u8 = 8;
    pub const USUAL: u8 = BASE | PUBLIC;
    pub const EXC: u8 = BASE | PUBLIC | DICT;
}
use flags::*;

builtin_types! {
    Invalid "" "" Object Free 0;
    Object "object" "builtins" Object Instance USUAL;
    Type "type" "builtins" Object Type USUAL;
    NoneType "NoneType" "builtins" Object None 0;
    NotImplementedType "NotImplementedType" "builtins" Object NotImplemented 0;
    Ellipsis "ellipsis" "builtins" Object Ellipsis 0;
    Int "int" "builtins" Object Int USUAL;
    Bool "bool" "builtins" Int Bool PUBLIC;
    Float "float" "builtins" Object Float USUAL;
    Complex "complex" "builtins" Object Complex USUAL;
    Str "str" "builtins" Object Str USUAL;
    Bytes "bytes" "builtins" Object Bytes USUAL;
    ByteArray "bytearray" "builtins" Object ByteArray USUAL;
    MemoryView "memoryview" "builtins" Object Custom PUBLIC;
    Tuple "tuple" "builtins" Object Tuple USUAL;
    List "list" "builtins" Object List USUAL;
    Dict "dict" "builtins" Object Dict USUAL;
    Set "set" "builtins" Object Set USUAL;
    FrozenSet "frozenset" "builtins" Object FrozenSet USUAL;
    Slice "slice" "builtins" Object Slice PUBLIC;
    Range "range" "builtins" Object Range PUBLIC;
    Function "function" "builtins" Object Function DICT;
    BuiltinFunction "builtin_function_or_method" "builtins" Object Native NO_NEW;
    MethodDescriptor "method_descriptor" "builtins" Object Native NO_NEW;
    ClassMethodDescriptor "classmethod_descriptor" "builtins" Object Native NO_NEW;
    WrapperDescriptor "wrapper_descriptor" "builtins" Object Native NO_NEW;
    MethodWrapper "method-wrapper" "builtins" Object Native NO_NEW;
    Method "method" "builtins" Object Method 0;
    Code "code" "builtins" Object Code 0;
    Cell "cell" "builtins" Object CellVar 0;
    Module "module" "builtins" Object Module BASE;
    Generator "generator" "builtins" Object Generator NO_NEW;
    Coroutine "coroutine" "builtins" Object Generator NO_NEW;
    AsyncGenerator "async_generator" "builtins" Object Generator NO_NEW;
    CoroutineWrapper "coroutine_wrapper" "builtins" Object Custom NO_NEW;
    AsyncGenASend "async_generator_asend" "builtins" Object Custom NO_NEW;
    AsyncGenAThrow "async_generator_athrow" "builtins" Object Custom NO_NEW;
    AsyncGenWrapped "async_generator_wrapped_value" "builtins" Object Custom NO_NEW;
    AnextAwaitable "anext_awaitable" "builtins" Object Custom NO_NEW;
    Traceback "traceback" "builtins" Object Traceback 0;
    Frame "frame" "builtins" Object Frame NO_NEW;
    Property "property" "builtins" Object Property USUAL;
    StaticMethod "staticmethod" "builtins" Object StaticMethod USUAL | DICT;
    ClassMethod "classmethod" "builtins" Object ClassMethod USUAL | DICT;
    Super "super" "builtins" Object Custom USUAL;
    MemberDescriptor "member_descriptor" "builtins" Object Member NO_NEW;
    GetSetDescriptor "getset_descriptor" "builtins" Object GetSet NO_NEW;
    MappingProxy "mappingproxy" "builtins" Object Custom 0;
    SimpleNamespace "SimpleNamespace" "types" Object Custom BASE | DICT;
    ListIter "list_iterator" "builtins" Object ListIter NO_NEW;
    ListReverseIter "list_reverseiterator" "builtins" Object Custom NO_NEW;
    TupleIter "tuple_iterator" "builtins" Object TupleIter NO_NEW;
    RangeIter "range_iterator" "builtins" Object RangeIter NO_NEW;
    LongRangeIter "longrange_iterator" "builtins" Object Custom NO_NEW;
    StrIter "str_iterator" "builtins" Object Custom NO_NEW;
    StrAsciiIter "str_ascii_iterator" "builtins" Object Custom NO_NEW;
    BytesIter "bytes_iterator" "builtins" Object Custom NO_NEW;
    ByteArrayIter "bytearray_iterator" "builtins" Object Custom NO_NEW;
    MemoryIter "memory_iterator" "builtins" Object Custom NO_NEW;
    DictKeys "dict_keys" "builtins" Object Custom NO_NEW;
    DictValues "dict_values" "builtins" Object Custom NO_NEW;
    DictItems "dict_items" "builtins" Object Custom NO_NEW;
    DictKeyIter "dict_keyiterator" "builtins" Object Custom NO_NEW;
    DictValueIter "dict_valueiterator" "builtins" Object Custom NO_NEW;
    DictItemIter "dict_itemiterator" "builtins" Object Custom NO_NEW;
    DictReverseKeyIter "dict_reversekeyiterator" "builtins" Object Custom NO_NEW;
    DictReverseValueIter "dict_reversevalueiterator" "builtins" Object Custom NO_NEW;
    DictReverseItemIter "dict_reverseitemiterator" "builtins" Object Custom NO_NEW;
    SetIter "set_iterator" "builtins" Object Custom NO_NEW;
    SeqIter "iterator" "builtins" Object Custom NO_NEW;
    CallableIter "callable_iterator" "builtins" Object Custom NO_NEW;
    Enumerate "enumerate" "builtins" Object Custom USUAL;
    Zip "zip" "builtins" Object Custom USUAL;
    Map "map" "builtins" Object Custom USUAL;
    Filter "filter" "builtins" Object Custom USUAL;
    Reversed "reversed" "builtins" Object Custom USUAL;
    WeakRef "ReferenceType" "weakref" Object WeakRef BASE;
    WeakProxy "ProxyType" "weakref" Object WeakRef NO_NEW;
    WeakCallableProxy "CallableProxyType" "weakref" Object WeakRef NO_NEW;
    GenericAlias "GenericAlias" "types" Object Custom BASE;
    UnionType "UnionType" "types" Object Custom NO_NEW;
    TypeVar "TypeVar" "typing" Object Custom DICT;
    ParamSpec "ParamSpec" "typing" Object Custom DICT;
    ParamSpecArgs "ParamSpecArgs" "typing" Object Custom 0;
    ParamSpecKwargs "ParamSpecKwargs" "typing" Object Custom 0;
    TypeVarTuple "TypeVarTuple" "typing" Object Custom DICT;
    TypeAliasType "TypeAliasType" "typing" Object Custom 0;
    Generic "Generic" "typing" Object Instance BASE;
    Capsule "PyCapsule" "builtins" Object Custom NO_NEW;
    BaseException "BaseException" "builtins" Object Exception EXC;
    Exception "Exception" "builtins" BaseException Exception EXC;
    GeneratorExit "GeneratorExit" "builtins" BaseException Exception EXC;
    KeyboardInterrupt "KeyboardInterrupt" "builtins" BaseException Exception EXC;
    SystemExit "SystemExit" "builtins" BaseException Exception EXC;
    BaseExceptionGroup "BaseExceptionGroup" "builtins" BaseException Exception EXC;
    ExceptionGroup "ExceptionGroup" "builtins" BaseExceptionGroup Exception EXC;
    ArithmeticError "ArithmeticError" "builtins" Exception Exception EXC;
    FloatingPointError "FloatingPointError" "builtins" ArithmeticError Exception EXC;
    OverflowError "OverflowError" "builtins" ArithmeticError Exception EXC;
    ZeroDivisionError "ZeroDivisionError" "builtins" ArithmeticError Exception EXC;
    AssertionError "AssertionError" "builtins" Exception Exception EXC;
    AttributeError "AttributeError" "builtins" Exception Exception EXC;
    BufferError "BufferError" "builtins" Exception Exception EXC;
    EOFError "EOFError" "builtins" Exception Exception EXC;
    ImportError "ImportError" "builtins" Exception Exception EXC;
    ModuleNotFoundError "ModuleNotFoundError" "builtins" ImportError Exception EXC;
    LookupError "LookupError" "builtins" Exception Exception EXC;
    IndexError "IndexError" "builtins" LookupError Exception EXC;
    KeyError "KeyError" "builtins" LookupError Exception EXC;
    MemoryError "MemoryError" "builtins" Exception Exception EXC;
    NameError "NameError" "builtins" Exception Exception EXC;
    UnboundLocalError "UnboundLocalError" "builtins" NameError Exception EXC;
    OSError "OSError" "builtins" Exception Exception EXC;
    BlockingIOError "BlockingIOError" "builtins" OSError Exception EXC;
    ChildProcessError "ChildProcessError" "builtins" OSError Exception EXC;
    ConnectionError "ConnectionError" "builtins" OSError Exception EXC;
    BrokenPipeError "BrokenPipeError" "builtins" ConnectionError Exception EXC;
    ConnectionAbortedError "ConnectionAbortedError" "builtins" ConnectionError Exception EXC;
    ConnectionRefusedError "ConnectionRefusedError" "builtins" ConnectionError Exception EXC;
    ConnectionResetError "ConnectionResetError" "builtins" ConnectionError Exception EXC;
    FileExistsError "FileExistsError" "builtins" OSError Exception EXC;
    FileNotFoundError "FileNotFoundError" "builtins" OSError Exception EXC;
    InterruptedError "InterruptedError" "builtins" OSError Exception EXC;
    IsADirectoryError "IsADirectoryError" "builtins" OSError Exception EXC;
    NotADirectoryError "NotADirectoryError" "builtins" OSError Exception EXC;
    PermissionError "PermissionError" "builtins" OSError Exception EXC;
    ProcessLookupError "ProcessLookupError" "builtins" OSError Exception EXC;
    TimeoutError "TimeoutError" "builtins" OSError Exception EXC;
    ReferenceError "ReferenceError" "builtins" Exception Exception EXC;
    RuntimeError "RuntimeError" "builtins" Exception Exception EXC;
    NotImplementedError "NotImplementedError" "builtins" RuntimeError Exception EXC;
    RecursionError "RecursionError" "builtins" RuntimeError Exception EXC;
    StopIteration "StopIteration" "builtins" Exception Exception EXC;
    StopAsyncIteration "StopAsyncIteration" "builtins" Exception Exception EXC;
    SyntaxError "SyntaxError" "builtins" Exception Exception EXC;
    IndentationError "IndentationError" "builtins" SyntaxError Exception EXC;
    TabError "TabError" "builtins" IndentationError Exception EXC;
    SystemError "SystemError" "builtins" Exception Exception EXC;
    TypeError "TypeError" "builtins" Exception Exception EXC;
    ValueError "ValueError" "builtins" Exception Exception EXC;
    UnicodeError "UnicodeError" "builtins" ValueError Exception EXC;
    UnicodeDecodeError "UnicodeDecodeError" "builtins" UnicodeError Exception EXC;
    UnicodeEncodeError "UnicodeEncodeError" "builtins" UnicodeError Exception EXC;
    UnicodeTranslateError "UnicodeTranslateError" "builtins" UnicodeError Exception EXC;
    Warning "Warning" "builtins" Exception Exception EXC;
    BytesWarning "BytesWarning" "builtins" Warning Exception EXC;
    DeprecationWarning "DeprecationWarning" "builtins" Warning Exception EXC;
    EncodingWarning "EncodingWarning" "builtins" Warning Exception EXC;
    FutureWarning "FutureWarning" "builtins" Warning Exception EXC;
    ImportWarning "ImportWarning" "builtins" Warning Exception EXC;
    PendingDeprecationWarning "PendingDeprecationWarning" "builtins" Warning Exception EXC;
    ResourceWarning "ResourceWarning" "builtins" Warning Exception EXC;
    RuntimeWarning "RuntimeWarning" "builtins" Warning Exception EXC;
    SyntaxWarning "SyntaxWarning" "builtins" Warning Exception EXC;
    UnicodeWarning "UnicodeWarning" "builtins" Warning Exception EXC;
    UserWarning "UserWarning" "builtins" Warning Exception EXC;
}
