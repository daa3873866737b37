use std::collections::BTreeSet;

use cytoscribe::{
    atlas::{Channel, RawField, Samples},
    demo::{self, Background, Crowding, DemoField, DemoParams, Depth},
    imaging::{Connectivity, Plane, regions::number_regions},
};
use rayon::prelude::*;

use super::small;

fn levels(samples: &Samples) -> Vec<u16> {
    match samples {
        Samples::Eight(plane) => plane.samples().iter().map(|&level| level.into()).collect(),
        Samples::Sixteen(plane) => plane.samples().to_vec(),
    }
}

/// Of the FNV-1a hash.
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// The FNV-1a hash of all samples and masks.
fn hash(field: &DemoField) -> u64 {
    let samples = field.channels.iter().flat_map(levels).map(u32::from);
    let ids = [&field.nuclei_mask, &field.cell_mask].map(|mask| mask.samples().iter().copied());
    let labels = field.labels.iter().flat_map(|(id, labels)| [*id, labels.len() as u32]);
    let [nuclei, cells] = ids;
    let all = samples.chain(nuclei).chain(cells).chain(labels);
    all.flat_map(u32::to_le_bytes).fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

fn ids(mask: &Plane<u32>) -> BTreeSet<u32> {
    mask.samples().iter().copied().filter(|&id| id > 0).collect()
}

fn share_of_zeros(field: &DemoField, channel: Channel) -> f64 {
    let levels = levels(&field.channels[channel.index()]);
    levels.iter().filter(|&&level| level == 0).count() as f64 / levels.len() as f64
}

#[test]
fn every_cell_has_a_label_one_nucleus_and_all_of_it_inside() {
    for number in 0..8 {
        let field = demo::field(&small(1), number);
        let labelled: BTreeSet<u32> = field.labels.iter().map(|&(id, _)| id).collect();
        assert_eq!(labelled, (1..=field.labels.len() as u32).collect());
        assert_eq!(ids(&field.nuclei_mask), labelled);
        assert_eq!(ids(&field.cell_mask), labelled);
        let pairs = field.nuclei_mask.samples().iter().zip(field.cell_mask.samples());
        assert!(pairs.clone().all(|(&nucleus, &cell)| nucleus == 0 || nucleus == cell));
        assert!(pairs.filter(|&(&nucleus, &cell)| nucleus == 0 && cell > 0).count() > 100);
    }
}

#[test]
fn a_cell_is_connected_with_its_nucleus() {
    let field = demo::field(&DemoParams { crowding: Crowding::Crowded, ..small(4) }, 0);
    for &(id, _) in &field.labels {
        let cell = field.cell_mask.map(|&other| other == id);
        let pieces = number_regions(&cell, Connectivity::Four);
        let with_nucleus = pieces.samples().iter().zip(field.nuclei_mask.samples()).filter(|&(_, &other)| other == id);
        let with_nucleus: BTreeSet<u32> = with_nucleus.map(|(&piece, _)| piece).collect();
        assert_eq!(ids(&pieces), with_nucleus);
    }
}

#[test]
fn the_same_field_comes_out_of_any_number_of_threads_and_any_order() {
    let sets = [1, 2, 8].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (0..6_usize).into_par_iter().map(|number| demo::field(&small(9), number)).collect::<Vec<_>>())
    });
    assert_eq!(sets[0], sets[1]);
    assert_eq!(sets[0], sets[2]);
    assert_eq!(demo::field(&small(9), 5), sets[0][5]);
}

/// Held to a number, so that a change of any field on any platform or profile shows, and sets on disk that were drawn
/// by another version of the generator are known as such.
#[test]
fn the_same_field_comes_out_on_every_platform_and_profile() {
    let crowded = DemoParams { crowding: Crowding::Crowded, ..small(1) };
    let fields = (0..4).map(|number| demo::field(&small(1), number)).chain([demo::field(&crowded, 0)]);
    let together = fields.map(|field| hash(&field)).fold(START, |together, hash| (together ^ hash).wrapping_mul(PRIME));
    assert_eq!(together, demo::FINGERPRINT, "fields have changed: if that is meant, this is the new fingerprint");
}

#[test]
fn another_seed_or_number_is_another_field() {
    let fields = [(1, 0), (1, 1), (2, 0), (2, 1)].map(|(seed, number)| demo::field(&small(seed), number));
    assert_eq!(fields.iter().map(hash).collect::<BTreeSet<_>>().len(), fields.len());
    assert_eq!(fields.iter().map(|field| &field.id).collect::<BTreeSet<_>>().len(), fields.len());
}

#[test]
fn fields_have_the_side_and_depth_that_were_asked_for() {
    for side_px in [128, 131, 200] {
        let field = demo::field(&DemoParams { side_px, ..small(1) }, 1);
        assert_eq!(field.cell_mask.size(), (side_px, side_px));
        assert_eq!(RawField::new(field.channels).unwrap().size(), (side_px, side_px));
    }
    let deep = demo::field(&DemoParams { depth: Depth::Sixteen, ..small(1) }, 1);
    let shallow = demo::field(&small(1), 1);
    for (deep, shallow) in deep.channels.iter().zip(&shallow.channels) {
        assert!(matches!(deep, Samples::Sixteen(_)) && matches!(shallow, Samples::Eight(_)));
        // Both show the same picture, one of them in finer steps.
        let pairs = levels(deep).into_iter().zip(levels(shallow));
        assert!(pairs.into_iter().all(|(deep, shallow)| (f64::from(deep) / 257.0 - f64::from(shallow)).abs() < 0.51));
        assert!(levels(deep).iter().any(|level| level % 257 != 0));
    }
}

#[test]
fn the_background_is_mostly_black_unless_haze_is_asked_for() {
    let black = demo::field(&DemoParams { crowding: Crowding::Sparse, ..small(6) }, 0);
    let hazy = demo::field(&DemoParams { crowding: Crowding::Sparse, background: Background::Haze, ..small(6) }, 0);
    for channel in Channel::ALL {
        assert!(share_of_zeros(&black, channel) > 0.3, "{}", share_of_zeros(&black, channel));
        assert!(share_of_zeros(&hazy, channel) < 0.01, "{}", share_of_zeros(&hazy, channel));
    }
}

#[test]
fn crowded_fields_have_many_cells_and_touching_nuclei_and_sparse_ones_few() {
    let cells = |crowding| {
        let fields = (0..4).map(move |number| demo::field(&DemoParams { crowding, ..small(7) }, number));
        fields.collect::<Vec<_>>()
    };
    let (sparse, crowded) = (cells(Crowding::Sparse), cells(Crowding::Crowded));
    assert!(sparse.iter().all(|field| (1..10).contains(&field.labels.len())));
    assert!(crowded.iter().all(|field| field.labels.len() > 20));
    let touch = |field: &DemoField| {
        let mask = &field.nuclei_mask;
        let (height, width) = mask.size();
        (0..height).any(|row| {
            (1..width)
                .any(|col| mask[(row, col - 1)].min(mask[(row, col)]) > 0 && mask[(row, col - 1)] != mask[(row, col)])
        })
    };
    assert!(crowded.iter().any(touch));
}

/// Area of a region over that of the smallest convex shape around it, looked for in 32 directions.
fn solidity(mask: &Plane<u32>, id: u32) -> f64 {
    let (height, width) = mask.size();
    let places: Vec<(f64, f64)> = (0..height * width)
        .filter(|&at| mask.samples()[at] == id)
        .map(|at| ((at / width) as f64, (at % width) as f64))
        .collect();
    // Half-planes that hold all of the region; what lies in all of them is around it.
    let planes: Vec<(f64, f64, f64)> = (0..32)
        .map(|n| {
            let (sin, cos) = (f64::from(n) / 32.0 * std::f64::consts::TAU).sin_cos();
            let reach = places.iter().map(|(row, col)| row * sin + col * cos).fold(f64::MIN, f64::max);
            (sin, cos, reach)
        })
        .collect();
    let is_around = |at: usize| {
        let (row, col) = ((at / width) as f64, (at % width) as f64);
        planes.iter().all(|&(sin, cos, reach)| row * sin + col * cos <= reach + 1e-9)
    };
    places.len() as f64 / (0..height * width).filter(|&at| is_around(at)).count() as f64
}

#[test]
fn some_nuclei_of_crowded_fields_are_lobed_and_in_one_piece_and_hardly_any_of_others() {
    let lobed = |crowding| {
        let fields: Vec<_> =
            (0..3).map(|number| demo::field(&DemoParams { crowding, side_px: 320, ..small(7) }, number)).collect();
        let nuclei = fields.iter().map(|field| field.labels.len()).sum::<usize>();
        let is_lobed = |field: &DemoField, id: u32| solidity(&field.nuclei_mask, id) < LOBED;
        let count = |field: &DemoField| field.labels.iter().filter(|&&(id, _)| is_lobed(field, id)).count();
        for field in &fields {
            for &(id, _) in field.labels.iter().filter(|&&(id, _)| is_lobed(field, id)) {
                let nucleus = field.nuclei_mask.map(|&other| other == id);
                assert_eq!(ids(&number_regions(&nucleus, Connectivity::Eight)).len(), 1);
            }
        }
        fields.iter().map(count).sum::<usize>() as f64 / nuclei as f64
    };
    let (typical, crowded) = (lobed(Crowding::Typical), lobed(Crowding::Crowded));
    assert!(typical < 0.03 && (0.07..0.25).contains(&crowded), "{typical} {crowded}");
}

/// Below this [`solidity`] a nucleus is clearly lobed.
const LOBED: f64 = 0.95;

#[test]
fn the_nucleus_stain_is_bright_in_the_nuclei_and_dark_outside() {
    let field = demo::field(&small(8), 2);
    let levels = levels(&field.channels[Channel::Nucleus.index()]);
    let mean = |inside: bool| {
        let pairs = levels.iter().zip(field.nuclei_mask.samples()).filter(|&(_, &id)| (id > 0) == inside);
        let chosen: Vec<f64> = pairs.map(|(&level, _)| level.into()).collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    assert!(mean(true) > 20.0 * mean(false), "{} {}", mean(true), mean(false));
}
