//! Decisions through many segmentations of one field, with parameters that change at random.

use cytoscribe::{
    atlas::{Field, Location},
    imaging::Plane,
    pipeline::{
        features::anchor::anchored_cells,
        segmentation::{Preset, Segmentation, SegmentationParams, segment},
    },
    project::{
        Labels,
        labels::{
            Change, Decision, Deed, Reason, Verdict,
            placement::{Fate, PlacedCell, Placement},
        },
    },
};

use crate::pictures::Noise;

const SIDE: usize = 160;

/// Bright disks of several sizes on black, some of which touch.
fn field() -> Field {
    let disks =
        [(30.0, 30.0, 13.0), (36.0, 60.0, 14.0), (100.0, 40.0, 18.0), (110.0, 110.0, 11.0), (40.0, 125.0, 16.0)];
    let within = |row: usize, col: usize, factor: f64| {
        disks.iter().any(|(r, c, radius): &(f64, f64, f64)| (r - row as f64).hypot(c - col as f64) <= factor * radius)
    };
    let stain = |factor: f64| {
        Plane::from_fn(SIDE, SIDE, |row, col| if within(row, col, factor) { 120 + (row * 7 % 40) as u8 } else { 0 })
    };
    Field::new([stain(1.9), stain(1.8), stain(1.0), stain(1.5)]).unwrap()
}

fn cells(segmentation: &Segmentation) -> Vec<PlacedCell> {
    anchored_cells(segmentation).into_iter().map(PlacedCell::from).collect()
}

fn placement(labels: &Labels, segmentation: &Segmentation) -> Placement {
    let mask = &segmentation.cell_mask;
    Placement::of(labels, "field", &cells(segmentation), |(row, col)| mask.id((row as usize, col as usize)))
}

fn at_random(noise: &mut Noise) -> SegmentationParams {
    let mut params = Preset::ALL[noise.below(2) as usize].params();
    let mut share = |most: f64| most * f64::from(noise.below(1000)) / 1000.0;
    params.standard.nucleus_threshold = 0.1 + share(0.8);
    params.standard.split = share(1.0);
    params.standard.cell_extent = share(1.0);
    params.marker_quantile = share(0.95);
    params.nuclei_background.quantile = share(0.9);
    params.nuclei_background.smallest_gap = share(0.1);
    params.cell_background.quantile = share(0.9);
    params.working_size = 64 + noise.below(300);
    params
}

#[test]
fn no_change_of_parameters_loses_a_decision_and_the_old_ones_bring_all_of_them_back() {
    let (field, params) = (field(), Preset::Reference.params());
    let before = segment(&field, &params);
    let mut labels = Labels::default();
    let location = Location::default();
    for cell in cells(&before) {
        let set = vec![Change::Label(location, Some(Verdict::Yes))];
        let decision = Decision { image: "field".to_owned(), anchor: cell.anchor, area_px: cell.area_px, set };
        let _ = labels.apply(Deed::Decide(Reason::Image, vec![decision]));
    }
    let at_first = placement(&labels, &before);
    assert!(at_first.fates.len() >= 4, "{} cells", at_first.fates.len());
    assert!(at_first.fates.values().all(|fate| *fate == Fate::Kept));
    let (mut noise, mut seen) = (Noise::seeded(7), Vec::new());
    for _ in 0..60 {
        let after = segment(&field, &at_random(&mut noise));
        let there = placement(&labels, &after);
        // Each decision is told of, and falls to the one cell that covers its place, or waits.
        assert!(there.fates.keys().eq(at_first.fates.keys()));
        for (anchor, fate) in &there.fates {
            let id = after.cell_mask.id((anchor.0 as usize, anchor.1 as usize));
            let holders: Vec<u32> =
                there.anchors.iter().filter(|(_, anchors)| anchors.contains(anchor)).map(|(id, _)| *id).collect();
            assert_eq!(holders, if id == 0 { vec![] } else { vec![id] });
            assert_eq!(*fate == Fate::Lost, id == 0);
            assert_eq!(labels.of("field", *anchor).of(location), Some(Verdict::Yes));
            seen.push(*fate);
        }
        assert_eq!(placement(&labels, &segment(&field, &params)), at_first);
    }
    // The parameters really changed something.
    assert!(seen.contains(&Fate::Kept) && seen.iter().any(|fate| *fate != Fate::Kept));
}
