//! Pickling of containers. What changes while it is written is noticed or written as it is then, never read beyond its end.

use crate::op;
use crate::save::Saver;
use krait_object::dict::Dict;
use krait_object::list::{self, List};
use krait_object::tuple::{self, Tuple};
use krait_object::{Name, Res, TypeId, Value, call, protocol, set};

impl Saver<'_> {
    pub fn save_tuple(&mut self, v: Value) -> Res<()> {
        let items = Tuple::of(v).as_slice();
        if items.is_empty() {
            if self.bin {
                self.out.byte(op::EMPTY_TUPLE);
            } else {
                self.out.write(&[op::MARK, op::TUPLE]);
            }
            return Ok(());
        }
        let short = items.len() <= 3 && self.protocol >= 2;
        if !short {
            self.out.byte(op::MARK);
        }
        for &x in items {
            self.save(x)?;
        }
        // A tuple that was written with one of its items contains itself: what was written now is dropped again.
        if self.is_known(v) {
            match (short, self.bin) {
                (true, _) => items.iter().for_each(|_| self.out.byte(op::POP)),
                (false, true) => self.out.byte(op::POP_MARK),
                (false, false) => (0..=items.len()).for_each(|_| self.out.byte(op::POP)),
            }
            self.save_known(v);
            return Ok(());
        }
        self.out.byte(match (short, items.len()) {
            (true, 1) => op::TUPLE1,
            (true, 2) => op::TUPLE2,
            (true, _) => op::TUPLE3,
            (false, _) => op::TUPLE,
        });
        self.memoize(v)
    }

    pub fn save_list(&mut self, v: Value) -> Res<()> {
        self.enter_fast(v)?;
        if self.bin {
            self.out.byte(op::EMPTY_LIST);
        } else {
            self.out.write(&[op::MARK, op::LIST]);
        }
        self.memoize(v)?;
        let l = List::of(v);
        if !l.is_empty() {
            if self.bin {
                self.save_list_items(l)?;
            } else {
                let it = protocol::iter(self.th, v)?;
                self.save_appends(it)?;
            }
        }
        self.leave_fast(v)
    }

    fn save_list_items(&mut self, l: List) -> Res<()> {
        if l.len() == 1
            && let Some(x) = l.get(0)
        {
            self.save(x)?;
            self.out.byte(op::APPEND);
            return Ok(());
        }
        let mut i = 0;
        loop {
            self.out.byte(op::MARK);
            let end = i + op::BATCH;
            while i < end
                && let Some(x) = l.get(i)
            {
                self.save(x)?;
                i += 1;
            }
            self.out.byte(op::APPENDS);
            if i >= l.len() {
                return Ok(());
            }
        }
    }

    /// The items of an iterator, for a list.
    pub fn save_appends(&mut self, it: Value) -> Res<()> {
        let th = self.th;
        if !self.bin {
            while let Some(x) = protocol::next(th, it)? {
                self.save(x)?;
                self.out.byte(op::APPEND);
            }
            return Ok(());
        }
        loop {
            let Some(first) = protocol::next(th, it)? else { return Ok(()) };
            let Some(mut x) = protocol::next(th, it)? else {
                self.save(first)?;
                self.out.byte(op::APPEND);
                return Ok(());
            };
            self.out.byte(op::MARK);
            self.save(first)?;
            let mut n = 1;
            loop {
                self.save(x)?;
                n += 1;
                if n == op::BATCH {
                    break;
                }
                match protocol::next(th, it)? {
                    Some(y) => x = y,
                    None => break,
                }
            }
            self.out.byte(op::APPENDS);
            if n < op::BATCH {
                return Ok(());
            }
        }
    }

    pub fn save_dict(&mut self, v: Value) -> Res<()> {
        self.enter_fast(v)?;
        if self.bin {
            self.out.byte(op::EMPTY_DICT);
        } else {
            self.out.write(&[op::MARK, op::DICT]);
        }
        self.memoize(v)?;
        let d = Dict::of(v);
        if !d.is_empty() {
            if self.bin {
                self.save_dict_items(d)?;
            } else {
                let th = self.th;
                let items = call::call_method(th, v, th.name(Name::items), &[])?;
                let it = protocol::iter(th, items)?;
                self.save_set_items(it)?;
            }
        }
        self.leave_fast(v)
    }

    fn save_dict_items(&mut self, d: Dict) -> Res<()> {
        let th = self.th;
        let size = d.len();
        let mut at = 0;
        if size == 1
            && let Some((k, x)) = d.next(th, &mut at)
        {
            self.save(k)?;
            self.save(x)?;
            self.out.byte(op::SETITEM);
            return Ok(());
        }
        loop {
            let mut n = 0;
            self.out.byte(op::MARK);
            while n < op::BATCH
                && let Some((k, x)) = d.next(th, &mut at)
            {
                self.save(k)?;
                self.save(x)?;
                n += 1;
                // The place of the next item is known only while the table stays as it is.
                if d.len() != size {
                    return Err(th.runtime_error("dictionary changed size during iteration"));
                }
            }
            self.out.byte(op::SETITEMS);
            if n < op::BATCH {
                return Ok(());
            }
        }
    }

    /// The pairs of an iterator, for a dict.
    pub fn save_set_items(&mut self, it: Value) -> Res<()> {
        let th = self.th;
        let pair = |v: Value| match Tuple::from_value(v).filter(|t| t.len() == 2) {
            Some(t) => Ok([t.get(0), t.get(1)]),
            None => Err(th.type_error("dict items iterator must return 2-tuples")),
        };
        if !self.bin {
            while let Some(x) = protocol::next(th, it)? {
                let [k, x] = pair(x)?;
                self.save(k)?;
                self.save(x)?;
                self.out.byte(op::SETITEM);
            }
            return Ok(());
        }
        loop {
            let Some(first) = protocol::next(th, it)? else { return Ok(()) };
            let [k, x] = pair(first)?;
            let Some(mut more) = protocol::next(th, it)? else {
                self.save(k)?;
                self.save(x)?;
                self.out.byte(op::SETITEM);
                return Ok(());
            };
            self.out.byte(op::MARK);
            self.save(k)?;
            self.save(x)?;
            let mut n = 1;
            loop {
                let [k, x] = pair(more)?;
                self.save(k)?;
                self.save(x)?;
                n += 1;
                if n == op::BATCH {
                    break;
                }
                match protocol::next(th, it)? {
                    Some(y) => more = y,
                    None => break,
                }
            }
            self.out.byte(op::SETITEMS);
            if n < op::BATCH {
                return Ok(());
            }
        }
    }

    /// Sets of the protocols before there were any: a call with a list.
    fn save_set_call(&mut self, v: Value, t: TypeId) -> Res<()> {
        let th = self.th;
        let items = list::from_vec(th, protocol::collect(th, v)?);
        let args = tuple::from_slice(th, &[items])?;
        let reduced = tuple::from_slice(th, &[th.interp.class_value(t), args])?;
        self.save_reduce(Tuple::of(reduced), Some(v))
    }

    pub fn save_set(&mut self, v: Value) -> Res<()> {
        if self.protocol < 4 {
            return self.save_set_call(v, TypeId::Set);
        }
        let th = self.th;
        self.out.byte(op::EMPTY_SET);
        self.memoize(v)?;
        let s = set::Set::of(v);
        let size = s.len();
        if size == 0 {
            return Ok(());
        }
        let mut at = 0;
        loop {
            let mut n = 0;
            self.out.byte(op::MARK);
            while n < op::BATCH
                && let Some((x, _)) = s.items().next(th, &mut at)
            {
                self.save(x)?;
                n += 1;
                if s.len() != size {
                    return Err(th.runtime_error("set changed size during iteration"));
                }
            }
            self.out.byte(op::ADDITEMS);
            if n < op::BATCH {
                return Ok(());
            }
        }
    }

    pub fn save_frozenset(&mut self, v: Value) -> Res<()> {
        if self.protocol < 4 {
            return self.save_set_call(v, TypeId::FrozenSet);
        }
        self.out.byte(op::MARK);
        for x in protocol::collect(self.th, v)?.iter() {
            self.save(x)?;
        }
        // It contains itself by way of one of its items, which has written it.
        if self.is_known(v) {
            self.out.byte(op::POP_MARK);
            self.save_known(v);
            return Ok(());
        }
        self.out.byte(op::FROZENSET);
        self.memoize(v)
    }
}
