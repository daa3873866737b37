//! All fields of a set that has no stain but the nucleus: masks of nuclei, and nothing else that would need more.

use std::path::Path;

use super::{BatchError, BatchReport, FieldDone, fault::in_words, in_order::in_order};
use crate::{
    atlas::Channel,
    pipeline::{measurement::MeasurementParams, sample_depth::channel_at_8_bit, segmentation::segment_nuclei},
    storage::{FieldFiles, make_folder, read_nucleus, write_nuclei_mask},
};

/// Writes the nuclei of all `fields` into `folder`, in parallel. After each field `done` is called. The report counts
/// nuclei as cells.
///
/// # Errors
/// If the folder cannot be made. What goes wrong with a single field is in the report.
pub fn write_nuclei(
    fields: &[FieldFiles],
    params: &MeasurementParams,
    folder: &Path,
    mut done: impl FnMut(FieldDone) + Send,
) -> Result<BatchReport, BatchError> {
    make_folder(folder)?;
    let mut report = BatchReport::default();
    in_order(
        fields,
        |files| {
            in_words(|| {
                let samples = read_nucleus(files)?;
                let (nucleus, warning) = channel_at_8_bit(Channel::Nucleus, samples, params.sample_depth);
                let nuclei = segment_nuclei(&nucleus, &params.segmentation);
                write_nuclei_mask(folder, files.id(), &nuclei.nuclei_mask)?;
                Ok((warning, nuclei.nucleus_count, nuclei.remarks))
            })
        },
        |files, outcome| {
            done(FieldDone { failed: outcome.is_err() });
            match outcome {
                Ok((warning, count, remarks)) => {
                    report.read += 1;
                    report.cells += count as usize;
                    let remarks =
                        warning.iter().map(ToString::to_string).chain(remarks.iter().map(ToString::to_string));
                    report.remarks.extend(remarks.map(|remark| (files.id().to_owned(), remark)));
                }
                Err(reason) => report.failures.push((files.id().to_owned(), reason)),
            }
            Ok::<_, BatchError>(())
        },
    )?;
    Ok(report)
}
