//! A record in the very form in which the journal writes it, read ten times as fast as RON can, which allows much more.
//!
//! Whatever differs from that form by a single space is left to RON: it may be right all the same, and if it is not, RON
//! says why.

use std::str::FromStr;

use crate::{
    atlas::Location,
    project::labels::{Change, Decision, Deed, Exclusion, Grade, Reason, Record, RecordId, Verdict},
};

/// The record that is all of `line`; `None` if it has another form.
pub fn record_in(line: &str) -> Option<Record> {
    let mut rest = Rest(line);
    rest.word("(id:")?;
    let id = rest.id()?;
    rest.word(",at:")?;
    let at = rest.text()?.parse().ok()?;
    rest.word(",by:")?;
    let by = rest.text()?.to_owned();
    rest.word(",did:")?;
    let did = rest.deed()?;
    rest.word(")")?;
    rest.0.is_empty().then_some(Record { id, at, by, did })
}

/// What is not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn word(&mut self, word: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(word)?;
        Some(())
    }

    /// The first of `words` that is next, or rather what it means.
    fn one_of<T: Copy>(&mut self, words: &[(&str, T)]) -> Option<T> {
        words.iter().find_map(|(word, meaning)| self.word(word).map(|()| *meaning))
    }

    fn number<T: FromStr>(&mut self) -> Option<T> {
        let end = self.0.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits.parse().ok()
    }

    /// Text between quotes, in which nothing is written in another way than it reads.
    fn text(&mut self) -> Option<&'a str> {
        self.word("\"")?;
        let end = self.0.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix('"')?;
        Some(text)
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.word("[")?;
        let mut items = Vec::new();
        if self.word("]").is_some() {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.word(",").is_none() {
                self.word("]")?;
                return Some(items);
            }
        }
    }

    /// Two numbers in brackets.
    fn pair<A: FromStr, B: FromStr>(&mut self) -> Option<(A, B)> {
        self.word("(")?;
        let first = self.number()?;
        self.word(",")?;
        let second = self.number()?;
        self.word(")")?;
        Some((first, second))
    }

    fn id(&mut self) -> Option<RecordId> {
        self.pair().map(|(session, number)| RecordId(session, number))
    }

    fn deed(&mut self) -> Option<Deed> {
        let deed = if self.word("Decide(").is_some() {
            let reason = self.one_of(&[
                ("Image", Reason::Image),
                ("Deck", Reason::Deck),
                ("Gallery", Reason::Gallery),
                ("Bulk", Reason::Bulk),
                ("Rule", Reason::Rule),
                ("Import", Reason::Import),
            ])?;
            self.word(",")?;
            Deed::Decide(reason, self.list(Self::decision)?)
        } else if self.word("Undo(").is_some() {
            Deed::Undo(self.id()?)
        } else {
            self.word("Redo(")?;
            Deed::Redo(self.id()?)
        };
        self.word(")")?;
        Some(deed)
    }

    fn decision(&mut self) -> Option<Decision> {
        self.word("(image:")?;
        let image = self.text()?.to_owned();
        self.word(",anchor:")?;
        let anchor = self.pair()?;
        self.word(",area:")?;
        let area_px = self.number()?;
        self.word(",set:")?;
        let set = self.list(Self::change)?;
        self.word(")")?;
        Some(Decision { image, anchor, area_px, set })
    }

    fn change(&mut self) -> Option<Change> {
        let change = if self.word("Label(").is_some() {
            let location = Location::new(self.number()?)?;
            self.word(",")?;
            Change::Label(location, self.verdict()?)
        } else {
            self.word("Exclude(")?;
            Change::Exclude(self.one_of(&[
                ("None", None),
                ("Some(Debris)", Some(Exclusion::Debris)),
                ("Some(OutOfFocus)", Some(Exclusion::OutOfFocus)),
                ("Some(CutOff)", Some(Exclusion::CutOff)),
                ("Some(Other)", Some(Exclusion::Other)),
            ])?)
        };
        self.word(")")?;
        Some(change)
    }

    #[expect(clippy::option_option, reason = "no verdict that can be read, and the verdict that nothing holds, differ")]
    fn verdict(&mut self) -> Option<Option<Verdict>> {
        let known = [("None", None), ("Some(Yes)", Some(Verdict::Yes)), ("Some(No)", Some(Verdict::No))];
        self.one_of(&known).or_else(|| {
            self.word("Some(Grade(")?;
            let grade = Grade::try_from(self.number::<u8>()?).ok()?;
            self.word("))")?;
            Some(Some(Verdict::Grade(grade)))
        })
    }
}
