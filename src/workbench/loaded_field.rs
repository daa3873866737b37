//! A field in memory, ready to be shown at any size.

use std::{error::Error, sync::Arc};

use super::focus::Part;
use crate::{
    atlas::{Channel, Field, RawField, Samples, channel::par_map},
    imaging::{Plane, histogram::level_counts, pyramid::halved},
    pipeline::{
        composite::{CompositeParams, Tones},
        sample_depth::{SampleDepth, field_at_8_bit},
    },
    storage::{FieldFiles, read_field},
};

/// A field with its halved versions.
#[derive(Debug)]
pub struct LoadedField {
    /// The field at 8 bit, then at half its size, and so on down to some hundred pixels.
    pub levels: Vec<Arc<Field>>,
    /// The samples as they are in the files, where these are deeper than 8 bit.
    raw: Option<RawField>,
    /// How often each grey level occurs in each stain.
    pub counts: [[u32; 256]; Channel::COUNT],
    /// What is remarkable about their depth.
    pub remarks: Vec<String>,
}

impl LoadedField {
    /// Sides below this are not halved again.
    const SMALLEST: usize = 256;

    /// Reads a field. Some 60 ms of one core for four stains of 2048².
    ///
    /// # Errors
    /// If a stain cannot be read or the stains do not fit each other.
    pub fn read(files: &FieldFiles, depth: SampleDepth) -> Result<Self, Box<dyn Error>> {
        let raw = read_field(files)?;
        let is_deep = Channel::ALL.iter().any(|&channel| matches!(raw.channel(channel), Samples::Sixteen(_)));
        let kept = is_deep.then(|| raw.clone());
        let (field, warnings) = field_at_8_bit(raw, depth);
        Ok(Self { remarks: warnings.iter().map(ToString::to_string).collect(), ..Self::of(field, kept)? })
    }

    /// A field that is in memory already.
    ///
    /// # Errors
    /// Never, as halved planes of one size have one size.
    pub fn of(field: Field, raw: Option<RawField>) -> Result<Self, Box<dyn Error>> {
        let counts = par_map(Channel::ALL, |channel| level_counts(field.plane(channel)));
        let mut levels = vec![Arc::new(field)];
        while let Some(last) = levels.last().filter(|last| last.height().max(last.width()) > Self::SMALLEST) {
            levels.push(Arc::new(Field::new(last.planes().each_ref().map(halved))?));
        }
        Ok(Self { levels, raw, counts, remarks: Vec::new() })
    }

    /// The field at its own size.
    #[must_use]
    pub fn field(&self) -> &Arc<Field> {
        &self.levels[0]
    }

    /// (height, width).
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.field().height(), self.field().width())
    }

    /// The samples of all stains at (row, column), as they are in the files.
    #[must_use]
    pub fn samples_at(&self, position: (usize, usize)) -> [u16; Channel::COUNT] {
        Channel::ALL.map(|channel| match &self.raw {
            Some(raw) => raw.channel(channel).value(position),
            None => self.field().plane(channel)[position].into(),
        })
    }

    /// Bytes it takes in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let (height, width) = self.size();
        let raw = if self.raw.is_some() { 2 } else { 0 };
        height * width * Channel::COUNT * (4 + 3 * raw) / 3
    }

    /// One part of the field in colour. Its contrast is that of the whole field.
    #[must_use]
    pub fn picture(&self, part: &Part, display: &CompositeParams) -> Plane<[u8; 3]> {
        let level = &self.levels[part.level.min(self.levels.len() - 1)];
        let tones = Tones::of_counted(self.field(), &self.counts, display);
        let rows = part.rows.start.min(level.height())..part.rows.end.min(level.height());
        let cols = part.cols.start.min(level.width())..part.cols.end.min(level.width());
        if rows.len() == level.height() && cols.len() == level.width() {
            return tones.draw(level);
        }
        let planes = par_map(level.planes().each_ref(), |plane| plane.part(rows.clone(), cols.clone()));
        Field::new(planes).map_or_else(|_| Plane::filled(0, 0, [0; 3]), |part| tones.draw(&part))
    }
}
