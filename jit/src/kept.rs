//! What traces refer to, and who holds it.
//!
//! The constants of a tree of traces are items of a list in the heap, which the code object that the tree's root begins in
//! holds (`Code::traced` is a list of such lists). So they live as long as that code object, and a code object that nothing
//! but its own traces refers to goes, and the traces with it.
//!
//! A trace that runs keeps the code object alive by a word of its machine frame (`code::ROOT_CODE`): its root frame may be
//! gone. A recording keeps it alive by [`RECORDED`].

use krait_object::code::Code;
use krait_object::interp::InterpSlot;
use krait_object::list::{self, List};
use krait_object::{Thread, Value};
use rustc_hash::FxHashSet as HashSet;

/// The lists of the recordings in progress.
static RECORDED: InterpSlot = InterpSlot::new();

/// What a recording refers to.
#[derive(Default)]
pub struct Kept {
    /// The tree's list (its word), which `RECORDED` has while this is open; 0 before there is one.
    list: u64,
    /// The code object (its word) that holds it.
    pub code: u64,
    /// What this recording added.
    pub words: HashSet<u64>,
}

fn recorded(th: &Thread) -> List {
    RECORDED.get(th).and_then(List::from_value).unwrap_or_else(|| {
        let l = list::new(th);
        RECORDED.set(th, l.value());
        l
    })
}

/// Takes an item out.
fn remove(l: List, th: &Thread, v: Value) {
    let Some(at) = l.as_slice().iter().position(|x| x.0 == v.0) else { return };
    if let Some(last) = l.pop()
        && at < l.len()
    {
        l.set(th, at, last);
    }
}

impl Kept {
    /// For the recording of a root trace. Its code object runs: it is alive until something is to be kept.
    pub fn root(code: Code) -> Kept {
        Kept { code: code.value().0, ..Kept::default() }
    }

    /// For the recording of a side trace of a tree with this list, whose code object is alive now.
    pub fn side(th: &Thread, code: u64, list: u64) -> Kept {
        let k = Kept { list, code, words: HashSet::default() };
        k.open(th);
        k
    }

    /// The tree's list; 0 if nothing was to be kept.
    pub fn list(&self) -> u64 {
        self.list
    }

    fn open(&self, th: &Thread) {
        if recorded(th).push(th, Value(self.list)).is_err() {
            // Without memory for one more item the program ends soon.
            th.clear_pending();
        }
    }

    /// Keeps a value alive as long as the tree is.
    pub fn keep(&mut self, th: &Thread, v: Value) {
        if !v.is_cell() || !self.words.insert(v.0) {
            return;
        }
        if self.list == 0 {
            let code = Code::of(Value(self.code));
            let list = list::new(th);
            self.list = list.value().0;
            self.open(th);
            let all = List::from_value(code.traced.get()).unwrap_or_else(|| {
                let all = list::new(th);
                code.traced.set(th, code.cell(), all.value());
                all
            });
            // While it is recorded the list holds the code object, too.
            if all.push(th, list.value()).is_err() || list.push(th, code.value()).is_err() {
                th.clear_pending();
            }
        }
        if List::of(Value(self.list)).push(th, v).is_err() {
            th.clear_pending();
        }
    }

    /// The recording has ended; `made` if there is a trace now.
    pub fn close(&self, th: &Thread, made: bool, is_root: bool) {
        if self.list == 0 {
            return;
        }
        if let Some(l) = RECORDED.get(th).and_then(List::from_value) {
            remove(l, th, Value(self.list));
        }
        if is_root && !made {
            drop_list(th, self.code, self.list);
        }
    }
}

/// The code object, which is alive, need not hold the list any more.
pub fn drop_list(th: &Thread, code: u64, list: u64) {
    if let Some(all) = List::from_value(Code::of(Value(code)).traced.get()) {
        remove(all, th, Value(list));
    }
}
