//! The masks in the pickled dictionary of Cellpose's `_seg.npy`. Not Python's `pickle`: nothing in the file is executed.
//! Names of classes and functions stay words, and of what would be called only the arguments are kept; what is then looked
//! for is the array under the key `masks`, in the shapes in which `NumPy` pickles arrays.
//!
//! Opcodes are those that `NumPy` writes in protocols 2 to 5; any other is refused. Values live in one list and refer to
//! each other by their places, so that deep nesting costs no stack and cycles do no harm.
//!
//! Sources: `pickletools` of Python; `array_reduce` of `NumPy`.

use std::{borrow::Cow, collections::HashMap};

use super::{fault::MaskFault, npy};
use crate::imaging::Plane;

/// The place of a value.
type Ref = usize;

/// The key of the masks in Cellpose's dictionary.
const MASKS: &str = "masks";

#[derive(Clone, Debug)]
enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A number nobody asks for.
    Float,
    Bytes(Cow<'a, [u8]>),
    Text(Cow<'a, str>),
    Tuple(Vec<Ref>),
    List(Vec<Ref>),
    Dict(Vec<(Ref, Ref)>),
    /// A class or function, by module and name.
    Global(String, String),
    /// What a call would have given, and the state it would have been given.
    Called {
        by: Ref,
        with: Ref,
        state: Option<Ref>,
    },
}

/// The plane of ids under the key `masks` of the pickled dictionary in `bytes`.
///
/// # Errors
/// If there is no such thing, or it is pickled in another way than `NumPy` does.
pub fn masks(bytes: &[u8]) -> Result<Plane<u32>, MaskFault> {
    let mut machine =
        Machine { bytes, at: 0, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new(), values: Vec::new() };
    let root = machine.run()?;
    let masks = machine.find_masks(root).ok_or_else(|| fault("there are no 'masks' in a dictionary"))?;
    machine.plane(masks)
}

fn fault(words: impl Into<String>) -> MaskFault {
    MaskFault::Pickle(words.into())
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Ref>,
    marks: Vec<usize>,
    memo: HashMap<usize, Ref>,
    values: Vec<Value<'a>>,
}

impl<'a> Machine<'a> {
    /// Follows all opcodes; returns the value at the end.
    fn run(&mut self) -> Result<Ref, MaskFault> {
        loop {
            let [opcode] = *self.take_array()?;
            match opcode {
                b'.' => return self.pop(),
                // The protocol, and how long a frame is.
                0x80 => drop(self.take(1)?),
                0x95 => drop(self.take(8)?),
                b'(' => self.marks.push(self.stack.len()),
                b'0' => drop(self.pop()?),
                b'1' => drop(self.pop_to_mark()?),
                b'N' => self.push(Value::None),
                0x88 => self.push(Value::Bool(true)),
                0x89 => self.push(Value::Bool(false)),
                b'J' | b'K' | b'M' | 0x8a | 0x8b | b'G' => self.number(opcode)?,
                b'X' | 0x8c | 0x8d | b'B' | b'C' | 0x8e | 0x96 | b'T' | b'U' => self.text_or_bytes(opcode)?,
                b']' => self.push(Value::List(Vec::new())),
                b'}' => self.push(Value::Dict(Vec::new())),
                b'a' | b'e' | b's' | b'u' => self.fill(opcode)?,
                b')' | b't' | 0x85..=0x87 => self.tuple(opcode)?,
                b'c' | 0x93 => self.global(opcode)?,
                b'R' | 0x81 => self.call()?,
                b'b' => self.build()?,
                b'q' | b'r' | 0x94 | b'h' | b'j' => self.remember(opcode)?,
                other => return Err(fault(format!("opcode 0x{other:02x} is none that NumPy writes"))),
            }
        }
    }

    fn number(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let value = match opcode {
            b'J' => Value::Int(i32::from_le_bytes(*self.take_array()?).into()),
            b'K' => Value::Int(self.take_array::<1>()?[0].into()),
            b'M' => Value::Int(u16::from_le_bytes(*self.take_array()?).into()),
            b'G' => {
                self.take(8)?;
                Value::Float
            }
            _ => {
                let length = if opcode == 0x8a { self.length::<1>()? } else { self.length::<4>()? };
                let bytes = self.take(length)?;
                let is_negative = bytes.last().is_some_and(|&last| last & 0x80 > 0);
                let mut wide = [if is_negative { 0xff } else { 0 }; 8];
                // Longer numbers are no sides and no versions.
                let target =
                    wide.get_mut(..bytes.len()).ok_or_else(|| fault("it holds a number of more than 64 bit"))?;
                target.copy_from_slice(bytes);
                Value::Int(i64::from_le_bytes(wide))
            }
        };
        self.push(value);
        Ok(())
    }

    fn text_or_bytes(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let length = match opcode {
            b'C' | b'U' | 0x8c => self.length::<1>()?,
            b'X' | b'B' | b'T' => self.length::<4>()?,
            _ => self.length::<8>()?,
        };
        let bytes = self.take(length)?;
        let is_text = matches!(opcode, b'X' | 0x8c | 0x8d);
        self.push(if is_text {
            Value::Text(String::from_utf8_lossy(bytes))
        } else {
            Value::Bytes(Cow::Borrowed(bytes))
        });
        Ok(())
    }

    /// Puts one value, or all from the mark on, into the list or dictionary below.
    fn fill(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let items = match opcode {
            b'a' => vec![self.pop()?],
            b's' => {
                let value = self.pop()?;
                vec![self.pop()?, value]
            }
            _ => self.pop_to_mark()?,
        };
        let into = *self.stack.last().ok_or_else(ended)?;
        match (&mut self.values[into], opcode) {
            (Value::List(list), b'a' | b'e') => list.extend(items),
            (Value::Dict(dict), b's' | b'u') => {
                dict.extend(items.as_chunks().0.iter().map(|&[key, value]| (key, value)));
            }
            // What others would take in, nobody asks for.
            (Value::Called { .. }, _) => {}
            _ => return Err(fault("its parts do not fit each other")),
        }
        Ok(())
    }

    fn tuple(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let parts = match opcode {
            b')' => Vec::new(),
            b't' => self.pop_to_mark()?,
            _ => {
                let first = self.stack.len().checked_sub(usize::from(opcode - 0x84)).ok_or_else(ended)?;
                self.stack.split_off(first)
            }
        };
        self.push(Value::Tuple(parts));
        Ok(())
    }

    fn global(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let (module, name) = if opcode == b'c' {
            (self.line()?, self.line()?)
        } else {
            let name = self.pop()?;
            let module = self.pop()?;
            let words = |value| self.text(value).map(str::to_owned).ok_or_else(|| fault("a class has no name"));
            (words(module)?, words(name)?)
        };
        self.push(Value::Global(module, name));
        Ok(())
    }

    /// Keeps what would be called and with what. Bytes in protocol 2 are the call that makes them of a text.
    fn call(&mut self) -> Result<(), MaskFault> {
        let with = self.pop()?;
        let by = self.pop()?;
        let encoded = match (&self.values[by], &self.values[with]) {
            (Value::Global(module, name), Value::Tuple(parts)) if module == "_codecs" && name == "encode" => {
                parts.first().and_then(|&text| self.text(text)).map(in_latin_1)
            }
            _ => None,
        };
        self.push(encoded.map_or(Value::Called { by, with, state: None }, |bytes| Value::Bytes(Cow::Owned(bytes))));
        Ok(())
    }

    fn build(&mut self) -> Result<(), MaskFault> {
        let given = self.pop()?;
        let of = *self.stack.last().ok_or_else(ended)?;
        if let Value::Called { state, .. } = &mut self.values[of] {
            *state = Some(given);
        }
        Ok(())
    }

    fn remember(&mut self, opcode: u8) -> Result<(), MaskFault> {
        let key = match opcode {
            0x94 => self.memo.len(),
            b'q' | b'h' => self.length::<1>()?,
            _ => self.length::<4>()?,
        };
        if matches!(opcode, b'h' | b'j') {
            let value = self.memo.get(&key).copied().ok_or_else(|| fault("it refers to what is not there"))?;
            self.stack.push(value);
        } else {
            self.memo.insert(key, *self.stack.last().ok_or_else(ended)?);
        }
        Ok(())
    }

    fn push(&mut self, value: Value<'a>) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<Ref, MaskFault> {
        self.stack.pop().ok_or_else(ended)
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Ref>, MaskFault> {
        let mark = self.marks.pop().filter(|&mark| mark <= self.stack.len()).ok_or_else(ended)?;
        Ok(self.stack.split_off(mark))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], MaskFault> {
        let end = self.at.checked_add(length).ok_or_else(ended)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(ended)?;
        self.at = end;
        Ok(taken)
    }

    fn take_array<const N: usize>(&mut self) -> Result<&'a [u8; N], MaskFault> {
        self.take(N)?.first_chunk().ok_or_else(ended)
    }

    /// A length of `N` bytes.
    fn length<const N: usize>(&mut self) -> Result<usize, MaskFault> {
        let mut wide = [0; 8];
        wide[..N].copy_from_slice(self.take_array::<N>()?);
        usize::try_from(u64::from_le_bytes(wide)).map_err(|_| ended())
    }

    fn line(&mut self) -> Result<String, MaskFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n').ok_or_else(ended)?;
        let line = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.take(1)?;
        Ok(line)
    }

    fn text(&self, value: Ref) -> Option<&str> {
        if let Value::Text(text) = &self.values[value] { Some(text) } else { None }
    }

    fn int(&self, value: Ref) -> Option<i64> {
        if let Value::Int(number) = self.values[value] { Some(number) } else { None }
    }

    fn tuple_of(&self, value: Ref) -> Option<&[Ref]> {
        if let Value::Tuple(parts) = &self.values[value] { Some(parts) } else { None }
    }

    /// Module and name do not matter beyond the name: `numpy.core` has become `numpy._core`.
    fn is_call_of(&self, by: Ref, function: &str) -> bool {
        matches!(&self.values[by], Value::Global(module, name) if module.starts_with("numpy") && name == function)
    }

    /// The value under the key `masks`: in a dictionary, or in the dictionary that an array of one object holds.
    fn find_masks(&self, root: Ref) -> Option<Ref> {
        let dict = match &self.values[root] {
            Value::Dict(dict) => dict,
            Value::Called { state: Some(state), .. } => {
                let content = self.tuple_of(*state)?.get(4)?;
                let Value::List(objects) = &self.values[*content] else { return None };
                let Value::Dict(dict) = &self.values[*objects.first()?] else { return None };
                dict
            }
            _ => return None,
        };
        dict.iter().find(|(key, _)| self.text(*key) == Some(MASKS)).map(|&(_, value)| value)
    }

    /// The array that is pickled as this value.
    fn plane(&self, array: Ref) -> Result<Plane<u32>, MaskFault> {
        let parts = self.parts_of_array(array).ok_or_else(|| fault("its masks are no plain NumPy array"))?;
        npy::ids(&parts.kind, &parts.shape, parts.fortran_order, parts.content)
    }

    fn parts_of_array(&self, array: Ref) -> Option<Parts<'_>> {
        let Value::Called { by, with, state } = self.values[array] else { return None };
        if self.is_call_of(by, "_frombuffer") {
            let &[content, dtype, shape, order, ..] = self.tuple_of(with)? else { return None };
            let fortran_order = self.text(order)? == "F";
            return Some(Parts {
                kind: self.kind(dtype)?,
                shape: self.shape(shape)?,
                fortran_order,
                content: self.content(content)?,
            });
        }
        let &[_version, shape, dtype, is_fortran, content] = self.tuple_of(state?)? else { return None };
        let fortran_order = match self.values[is_fortran] {
            Value::Bool(is) => is,
            Value::Int(is) => is != 0,
            _ => return None,
        };
        let is_array = self.is_call_of(by, "_reconstruct");
        is_array.then(|| {
            Some(Parts {
                kind: self.kind(dtype)?,
                shape: self.shape(shape)?,
                fortran_order,
                content: self.content(content)?,
            })
        })?
    }

    /// What elements are, as `<u2`: the byte order is in the state of the type.
    fn kind(&self, dtype: Ref) -> Option<String> {
        let Value::Called { by, with, state } = self.values[dtype] else { return None };
        let name = self.text(*self.tuple_of(with)?.first()?).filter(|_| self.is_call_of(by, "dtype"))?;
        let order = state.and_then(|state| self.text(*self.tuple_of(state)?.get(1)?)).unwrap_or("|");
        let order = order.chars().next().unwrap_or('|');
        Some(format!("{order}{}", name.trim_start_matches(['<', '>', '|', '='])))
    }

    fn shape(&self, shape: Ref) -> Option<Vec<usize>> {
        self.tuple_of(shape)?.iter().map(|&side| usize::try_from(self.int(side)?).ok()).collect()
    }

    fn content(&self, content: Ref) -> Option<&[u8]> {
        if let Value::Bytes(bytes) = &self.values[content] { Some(bytes) } else { None }
    }
}

/// An array as its elements, their kind and its sides.
struct Parts<'a> {
    kind: String,
    shape: Vec<usize>,
    fortran_order: bool,
    content: &'a [u8],
}

fn ended() -> MaskFault {
    fault("they are cut short or damaged")
}

/// Every character of such a text is a byte.
fn in_latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|character| character as u8).collect()
}
