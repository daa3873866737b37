//! From 16 bit to the 8 bit that is measured.

use cytoscribe::{
    atlas::{Channel, RawField, Samples},
    imaging::Plane,
    pipeline::sample_depth::{SampleDepth, field_at_8_bit},
};

/// A field whose nucleus channel is one row of these 16-bit samples; the others are 8 bit and bright.
fn with_nucleus(samples: &[u16]) -> RawField {
    let bright = || Samples::Eight(Plane::filled(1, samples.len(), 200));
    let nucleus = Samples::Sixteen(Plane::new(1, samples.len(), samples.to_vec()).unwrap());
    RawField::new([bright(), bright(), nucleus, bright()]).unwrap()
}

/// The nucleus channel of [`with_nucleus`] at 8 bit, and the warnings.
fn at_8_bit(samples: &[u16], depth: SampleDepth) -> (Vec<u8>, Vec<String>) {
    let (field, warnings) = field_at_8_bit(with_nucleus(samples), depth);
    (field.plane(Channel::Nucleus).samples().to_vec(), warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn the_full_range_is_rounded_to_the_nearest_of_255_levels() {
    let every: Vec<u16> = (0..=u16::MAX).collect();
    let (levels, warnings) = at_8_bit(&every, SampleDepth::default());
    let expected = |v: u16| (f64::from(v) * 255.0 / 65535.0).round() as u8;
    assert!(every.iter().zip(levels).all(|(&sample, level)| level == expected(sample)));
    assert!(warnings.is_empty());
}

#[test]
fn eight_bit_samples_stay_as_they_are() {
    for depth in [SampleDepth::FullRange, SampleDepth::PercentileWindow] {
        let ramp = Plane::from_fn(16, 16, |row, col| (row * 16 + col) as u8);
        let raw = RawField::new([(); 4].map(|()| Samples::Eight(ramp.clone()))).unwrap();
        let (field, warnings) = field_at_8_bit(raw, depth);
        assert!(field.planes().iter().all(|plane| *plane == ramp));
        assert!(warnings.is_empty());
    }
}

#[test]
fn the_window_spreads_what_lies_between_its_percentiles() {
    // 100,001 samples: the 0.001 percentile is the second of them in order, the 99.999 percentile the last but one.
    let mut samples = vec![20_000; 100_001];
    samples[..2].copy_from_slice(&[0, 1_000]);
    samples[99_998..].copy_from_slice(&[26_500, 52_000, 60_000]);
    let (levels, warnings) = at_8_bit(&samples, SampleDepth::PercentileWindow);
    assert_eq!(levels[..3], [0, 0, 95]);
    assert_eq!(levels[99_998..], [128, 255, 255]);
    assert!(warnings.is_empty());
}

#[test]
fn percentiles_lie_between_neighbouring_samples() {
    // 50,001 samples: the percentiles lie half-way between the outer two at either end, at 1,000 and 40,000.
    let mut samples = vec![20_000; 50_001];
    samples[..2].copy_from_slice(&[0, 2_000]);
    samples[49_998..].copy_from_slice(&[20_500, 30_000, 50_000]);
    let (levels, _) = at_8_bit(&samples, SampleDepth::PercentileWindow);
    assert_eq!(levels[..3], [0, 7, 124]);
    assert_eq!(levels[49_998..], [128, 190, 255]);
}

#[test]
fn the_window_ends_at_ten_thousand_or_above() {
    let (levels, _) = at_8_bit(&[0, 0, 2_000, 5_000], SampleDepth::PercentileWindow);
    assert_eq!(levels, [0, 0, 51, 128]);
}

#[test]
fn a_flat_bright_channel_has_no_window_and_stays_black() {
    let (levels, _) = at_8_bit(&[20_000; 9], SampleDepth::PercentileWindow);
    assert_eq!(levels, [0; 9]);
}

#[test]
fn twelve_bit_data_in_a_sixteen_bit_file_is_warned_of() {
    let warning = "the nucleus channel reaches only 4095 of 65535, probably 12-bit data in a 16-bit file: \
                   choose the percentile window or rescale the files";
    assert_eq!(at_8_bit(&[0, 4_095], SampleDepth::FullRange).1, [warning]);
    assert!(at_8_bit(&[0, 4_095], SampleDepth::PercentileWindow).1.is_empty());
}

#[test]
fn the_warning_begins_below_an_eighth_of_the_range() {
    assert_eq!(at_8_bit(&[8_191], SampleDepth::FullRange).1.len(), 1);
    assert_eq!(at_8_bit(&[8_192], SampleDepth::FullRange).1.len(), 0);
    assert_eq!(at_8_bit(&[1_249], SampleDepth::PercentileWindow).1.len(), 1);
    assert_eq!(at_8_bit(&[1_250], SampleDepth::PercentileWindow).1.len(), 0);
}

#[test]
fn a_nearly_black_eight_bit_channel_is_warned_of() {
    let raw = RawField::new([31, 32, 255, 0].map(|level| Samples::Eight(Plane::filled(2, 2, level)))).unwrap();
    let (_, warnings) = field_at_8_bit(raw, SampleDepth::FullRange);
    let texts: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["the microtubules channel is nearly black: it reaches only 31 of 255", "the protein channel is black"]
    );
}
