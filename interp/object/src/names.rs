//! Names that native code uses: interned once, reached by index.
//!
//! The special methods come first, so that a special's number is also its name's number
//! and its place in a class's cache of resolved special methods (see `class.rs`).

macro_rules! names {
    (specials { $($special:ident)* } others { $($other:ident)* }) => {
        /// A pre-interned name; for the special methods also their place in a class's cache.
        #[allow(non_camel_case_types, nonstandard_style)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        pub enum Name { $($special,)* $($other,)* }

        impl Name {
            pub const ALL: &'static [&'static str] = &[$(stringify!($special),)* $(stringify!($other),)*];
            /// Names below this number are special methods.
            pub const SPECIALS: usize = { let mut n = 0; $(let _ = Name::$special; n += 1;)* n };

            /// The text.
            pub fn text(self) -> &'static str {
                Name::ALL[self as usize]
            }
        }
    };
}

names! {
    specials {
        __getattribute__ __getattr__ __setattr__ __delattr__ __get__ __set__ __delete__
        __call__ __new__ __init__ __del__ __repr__ __str__ __hash__ __bool__ __len__ __iter__ __next__
        __getitem__ __setitem__ __delitem__ __contains__ __missing__ __length_hint__ __reversed__
        __lt__ __le__ __eq__ __ne__ __gt__ __ge__
        __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __pow__ __matmul__
        __lshift__ __rshift__ __and__ __or__ __xor__ __divmod__
        __radd__ __rsub__ __rmul__ __rtruediv__ __rfloordiv__ __rmod__ __rpow__ __rmatmul__
        __rlshift__ __rrshift__ __rand__ __ror__ __rxor__ __rdivmod__
        __iadd__ __isub__ __imul__ __itruediv__ __ifloordiv__ __imod__ __ipow__ __imatmul__
        __ilshift__ __irshift__ __iand__ __ior__ __ixor__
        __neg__ __pos__ __invert__ __abs__ __index__ __int__ __float__ __complex__
        __round__ __trunc__ __floor__ __ceil__ __format__ __bytes__ __fspath__ __buffer__ __release_buffer__
        __enter__ __exit__ __aenter__ __aexit__ __await__ __aiter__ __anext__
        __instancecheck__ __subclasscheck__ __class_getitem__ __set_name__ __init_subclass__ __mro_entries__
        __prepare__ __dir__ __reduce__ __reduce_ex__ __sizeof__
    }
    others {
        __class__ __dict__ __doc__ __name__ __qualname__ __module__ __slots__ __bases__ __mro__ __base__
        __annotations__ __type_params__ __defaults__ __kwdefaults__ __code__ __globals__ __closure__ __builtins__
        __classcell__ __orig_bases__ __parameters__ __origin__ __args__ __wrapped__ __weakref__ __abstractmethods__
        __isabstractmethod__ __match_args__ __file__ __loader__ __spec__ __path__ __package__ __cached__ __main__
        __func__ __self__ __objclass__ __text_signature__ __signature__ __traceback__ __context__ __cause__
        __suppress_context__ __notes__ __build_class__ __import__ __debug__ __all__ __version__ __getstate__ __setstate__
        __getnewargs__ __getnewargs_ex__ __copy__ __deepcopy__ __subclasses__ __unpacked__ __typing_subst__
        __typing_unpacked_tuple_args__ __typing_prepare_subst__ __bound__ __constraints__ __value__ __classdict__
        True False None
        builtins sys args name value obj msg code path errno strerror filename filename2 characters_written
        lineno offset text end_lineno end_offset print_file_and_line encoding object start end reason exceptions message
        throw send close keys values items get update append extend join read readline readlines write flush
        stdout stderr stdin displayhook excepthook modules meta_path path_hooks path_importer_cache
        _find_and_load _handle_fromlist _initializing mro copy sort key reverse default sep file strict
        encode decode format_map getvalue fileno isatty closed mode buffer newlines errors line_buffering
        last_exc last_type last_value last_traceback last argv flags warnoptions
        isidentifier lower upper index count pop add remove discard clear setdefault fromkeys popitem
        origin submodule_search_locations has_location loader parent
        real imag numerator denominator conjugate is_integer as_integer_ratio bit_length
        tb_frame tb_next tb_lasti tb_lineno f_back f_code f_globals f_locals f_lineno f_lasti
        gi_frame cr_frame ag_frame partial func keywords cache_parameters
        big little signed byteorder length
        metaclass bases fget fset fdel fallback strip split replace startswith endswith
        readable writable seekable seek tell truncate readinto readinto1 readall read1 peek raw detach reset getstate setstate
        call_soon get_debug context cancel add_done_callback _asyncio_future_blocking
        _dealloc_warn _finalizing __IOBase_closed incrementalencoder incrementaldecoder
    }
}
