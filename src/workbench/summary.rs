//! What is in a set: how many fields of which size and depth, what is damaged, and how its labels fit.

use std::collections::BTreeMap;

use super::{BatchEvent, fault::in_words, in_order::in_order};
use crate::{
    atlas::{Channel, Location},
    storage::{
        FieldFiles, ImageLabels, ImageSet,
        image_set::ChannelFile,
        survey::{Closeness, FieldSurvey, survey_field},
    },
};

/// The fields of a set in numbers. Depends on nothing but the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetSummary {
    /// Number of fields.
    pub fields: usize,
    /// How many fields have each (height, width); `None` where it is not known.
    pub sizes: BTreeMap<Option<(usize, usize)>, usize>,
    /// How many images of each channel have each depth in bits, in the order of [`Channel::ALL`].
    pub depths: [BTreeMap<u8, usize>; Channel::COUNT],
    /// How many fields have no file of each channel, in the order of [`Channel::ALL`].
    pub missing: [usize; Channel::COUNT],
    /// How many fields have several files of each channel, in the order of [`Channel::ALL`].
    pub ambiguous: [usize; Channel::COUNT],
    /// How many fields share their ID with another.
    pub namesakes: usize,
    /// Everything that is wrong with fields: (ID, reason), in the order of fields and channels.
    pub damage: Vec<(String, String)>,
    /// Number of fields with which something is wrong.
    pub damaged: usize,
}

impl SetSummary {
    /// Looks at every field of `set`, in parallel; after each `done` is called. A set of nuclei only is not expected
    /// to have other channels.
    pub fn of(set: &ImageSet, closeness: Closeness, mut done: impl FnMut(BatchEvent) + Send) -> Self {
        let expected: &[Channel] = if set.is_nucleus_only() { &[Channel::Nucleus] } else { &Channel::ALL };
        let mut summary = Self::default();
        let Ok(()) = in_order(
            set.fields(),
            |files| in_words(|| Ok(survey_field(files, expected, closeness))),
            |files, survey| {
                let damaged = summary.damaged;
                summary.add(files, survey);
                done(BatchEvent::FieldDone { failed: summary.damaged > damaged });
                Ok::<_, std::convert::Infallible>(())
            },
        );
        summary
    }

    /// Counts one more field, or why it could not be looked at.
    fn add(&mut self, files: &FieldFiles, survey: Result<FieldSurvey, String>) {
        let (survey, fault) = match survey {
            Ok(survey) => (survey, None),
            Err(fault) => (FieldSurvey::default(), Some(fault)),
        };
        self.fields += 1;
        *self.sizes.entry(survey.size).or_default() += 1;
        for channel in Channel::ALL {
            let at = channel.index();
            if let Some(bits) = survey.bits[at] {
                *self.depths[at].entry(bits).or_default() += 1;
            }
            match files.channel(channel) {
                ChannelFile::Missing => self.missing[at] += 1,
                ChannelFile::Ambiguous(..) => self.ambiguous[at] += 1,
                ChannelFile::Found(_) => {}
            }
        }
        self.namesakes += usize::from(files.namesakes().is_some());
        let reasons = survey.damage.iter().map(ToString::to_string).chain(fault);
        let before = self.damage.len();
        self.damage.extend(reasons.map(|reason| (files.id().to_owned(), reason)));
        self.damaged += usize::from(self.damage.len() > before);
    }
}

/// How the labels of images fit a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSummary {
    /// Number of images of the set that have labels.
    pub labelled: usize,
    /// The IDs of the set's images that have none.
    pub without_label: Vec<String>,
    /// The labelled IDs that have no image in the set.
    pub without_image: Vec<String>,
    /// How many images of the set show each location, in the order of [`Location::all`].
    pub images: [usize; Location::COUNT],
}

impl LabelSummary {
    /// Compares `labels` with the fields of `set`.
    #[must_use]
    pub fn of(labels: &ImageLabels, set: &ImageSet) -> Self {
        let mut summary =
            Self { labelled: 0, without_label: Vec::new(), without_image: Vec::new(), images: [0; Location::COUNT] };
        for id in set.fields().iter().map(FieldFiles::id) {
            match labels.by_id.get(id) {
                Some(locations) => {
                    summary.labelled += 1;
                    locations.iter().for_each(|location| summary.images[location.index()] += 1);
                }
                None => summary.without_label.push(id.to_owned()),
            }
        }
        summary.without_image = labels.by_id.keys().filter(|id| set.field(id).is_none()).cloned().collect();
        summary
    }
}
