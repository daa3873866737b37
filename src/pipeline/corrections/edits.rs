//! Each correction as it changes the masks.

use std::{cmp::Reverse, collections::BTreeSet, ops::Range};

use rayon::prelude::*;

use super::{
    Corrected, Correction, Part, Shape, Stroke,
    patch::{Patch, line, line_through},
    piece::{Piece, Pixel, largest_number, largest_region, nearer_to, pixels_where},
};
use crate::{
    atlas::Anchor,
    imaging::{Connectivity, Plane, regions::number_regions},
};

/// Does one correction; `None` if it cannot be done, and then the masks are as they were.
pub fn correct(masks: &mut Corrected, correction: &Correction) -> Option<()> {
    match correction {
        Correction::Split { part, cell, line } => split(masks, *part, *cell, line),
        Correction::Merge { cells: [one, other] } => merge(masks, *one, *other),
        Correction::Delete { cell } => delete(masks, *cell),
        Correction::Draw { part, shape } => draw(masks, *part, shape),
        Correction::Erase { part, cells, stroke } => erase(masks, *part, cells, stroke),
        Correction::Border { part, cell, stroke } => grow(masks, *part, *cell, stroke),
    }
}

impl Corrected {
    /// The cell that covers a pixel of the field.
    fn cell_at(&self, pixel: Anchor) -> Option<u32> {
        Some(self.segmentation.cell_mask.id_or_none(pixel)).filter(|&id| id > 0)
    }

    /// The pixel of the masks as computed that a pixel of the field shows.
    fn computed(&self, (row, col): Anchor) -> Option<(usize, usize)> {
        self.segmentation.cell_mask.computed_pixel((row as usize, col as usize))
    }

    /// An id that no cell ever had.
    fn next_id(&mut self) -> u32 {
        self.segmentation.cell_count += 1;
        self.segmentation.cell_count
    }

    /// The cells under a patch.
    fn cells_under(&self, patch: &Patch) -> BTreeSet<u32> {
        let mask = self.segmentation.cell_mask.computed();
        let mut ids: BTreeSet<u32> = patch.pixels().map(|pixel| mask[pixel]).collect();
        ids.remove(&0);
        ids
    }

    /// Puts `piece` back, after each of the cells `changed` in it was made whole; those without a pixel go.
    fn put_back(&mut self, mut piece: Piece, changed: &BTreeSet<u32>) {
        for &id in changed {
            piece.keep_whole(id);
            if !piece.has_cell(id) {
                self.gone.insert(id);
            }
        }
        piece.put_back(self);
    }
}

/// The pixel itself as a box.
fn one((row, col): (usize, usize)) -> (Range<usize>, Range<usize>) {
    (row..row + 1, col..col + 1)
}

fn split(masks: &mut Corrected, part: Part, cell: Anchor, points: &[Anchor]) -> Option<()> {
    let id = masks.cell_at(cell)?;
    let place = masks.computed(cell)?;
    let (rows, cols) = one(place);
    let mut piece = Piece::around(masks, rows, cols, &BTreeSet::from([id]));
    let anchor = piece.place(place)?;
    let line = line_through(points, &masks.segmentation.cell_mask);
    let of_cell = piece.where_is(|pixel| piece.cells[pixel] == id);
    let cut = match part {
        Part::Cell => of_cell.clone(),
        Part::Nucleus => piece.where_is(|pixel| piece.nuclei[pixel] == id),
    };
    let [kept, new] = halves(&piece, &cut, &line, anchor)?;
    // Pixels of the line go to the nearer half.
    let cut_off = nearer_to(&new, &kept, &cut);
    let cut_off = match part {
        Part::Cell => cut_off,
        Part::Nucleus => {
            let mut rest = cut;
            for &pixel in &cut_off {
                rest[pixel] = false;
            }
            nearer_to(&cut_off, &pixels_where(&rest, |&is_left| is_left), &of_cell)
        }
    };
    let new_id = masks.next_id();
    for pixel in cut_off {
        piece.cells[pixel] = new_id;
        if piece.nuclei[pixel] == id {
            piece.nuclei[pixel] = new_id;
        }
    }
    for id in [id, new_id] {
        piece.keep_whole(id);
        piece.ensure_nucleus(id);
    }
    piece.put_back(masks);
    Some(())
}

/// What is left of `inside` on both sides of a line: the side with the anchor or, if that is on the line, the largest one;
/// and the largest of the others. `None` if the line cuts nothing off.
fn halves(piece: &Piece, inside: &Plane<bool>, points: &[(isize, isize)], anchor: Pixel) -> Option<[Vec<Pixel>; 2]> {
    let mut left = inside.clone();
    let is_inside = |pixel: (isize, isize)| piece.place_of(pixel).filter(|&pixel| inside[pixel]);
    let mut cover = |pixel: (isize, isize)| is_inside(pixel).map(|pixel| left[pixel] = false).is_some();
    for &point in points {
        cover(point);
    }
    for ends in [points.to_vec(), points.iter().rev().copied().collect()] {
        // The way that the line had at its end, over some pixels, as a hand trembles.
        let (&end, &before) = (ends.last()?, ends.get(ends.len().saturating_sub(9))?);
        let (down, across) = (end.0 - before.0, end.1 - before.1);
        if (down, across) == (0, 0) {
            continue;
        }
        let far = (piece.cells.height() + piece.cells.width()) as isize;
        line(end, (end.0 + far * down, end.1 + far * across)).skip(1).take_while(|&pixel| cover(pixel)).for_each(drop);
    }
    let sides = number_regions(&left, Connectivity::Four);
    let kept = Some(sides[anchor]).filter(|&side| side > 0).or_else(|| largest_number(&sides, |_| true))?;
    let new = largest_number(&sides, |side| side != kept)?;
    Some([kept, new].map(|side| pixels_where(&sides, |&other| other == side)))
}

fn merge(masks: &mut Corrected, one_anchor: Anchor, other_anchor: Anchor) -> Option<()> {
    let (first, second) = (masks.cell_at(one_anchor)?, masks.cell_at(other_anchor)?);
    if first == second {
        return Some(());
    }
    let (kept, gone) = (first.min(second), first.max(second));
    let (a, b) = (masks.computed(one_anchor)?, masks.computed(other_anchor)?);
    let hull = |a: usize, b: usize| a.min(b)..a.max(b) + 1;
    let mut piece = Piece::around(masks, hull(a.0, b.0), hull(a.1, b.1), &BTreeSet::from([kept, gone]));
    for pixel in bridge(&piece, kept, gone)? {
        piece.cells[pixel] = kept;
    }
    piece.put_back(masks);
    let segmentation = &mut masks.segmentation;
    for mask in [&mut segmentation.nuclei_mask, &mut segmentation.cell_mask] {
        replace(mask.computed_mut(), gone, kept);
    }
    masks.gone.insert(gone);
    Some(())
}

/// The pixels of background that join two cells: none if they touch, else those of a straight line between the pixels
/// that are nearest to each other and of its neighbours; `None` if another cell is on the line.
fn bridge(piece: &Piece, one: u32, other: u32) -> Option<Vec<Pixel>> {
    if touch(&piece.cells, one, other) {
        return Some(Vec::new());
    }
    let rims = [one, other].map(|id| rim(&piece.cells, id));
    let squared = |a: &Pixel, b: &Pixel| a.0.abs_diff(b.0).pow(2) + a.1.abs_diff(b.1).pow(2);
    let nearest = rims[0].par_iter().filter_map(|a| {
        let nearest = rims[1].iter().map(|b| (squared(a, b), *b)).min()?;
        Some((nearest.0, *a, nearest.1))
    });
    let (_, a, b) = nearest.min()?;
    let signed = |(row, col): Pixel| (row as isize, col as isize);
    let way: Vec<Pixel> = line(signed(a), signed(b)).map(|(row, col)| (row as usize, col as usize)).collect();
    if way.iter().any(|&pixel| ![0, one, other].contains(&piece.cells[pixel])) {
        return None;
    }
    let (height, width) = piece.cells.size();
    let around = |(row, col): Pixel| {
        let cols = col.saturating_sub(1)..(col + 2).min(width);
        (row.saturating_sub(1)..(row + 2).min(height)).flat_map(move |row| cols.clone().map(move |col| (row, col)))
    };
    Some(way.into_iter().flat_map(around).filter(|&pixel| piece.cells[pixel] == 0).collect())
}

/// Whether a pixel of the one has a pixel of the other for a neighbour, corners included.
fn touch(plane: &Plane<u32>, one: u32, other: u32) -> bool {
    let is_pair = |a: u32, b: u32| (a, b) == (one, other) || (a, b) == (other, one);
    (0..plane.height()).any(|row| {
        let here = plane.row(row);
        let below = if row + 1 < plane.height() { plane.row(row + 1) } else { &[] };
        here.windows(2).any(|pair| is_pair(pair[0], pair[1]))
            || here.iter().zip(below).any(|(&a, &b)| is_pair(a, b))
            || here.iter().skip(1).zip(below).any(|(&a, &b)| is_pair(a, b))
            || here.iter().zip(below.iter().skip(1)).any(|(&a, &b)| is_pair(a, b))
    })
}

/// The pixels of a region that have a neighbour above, below or beside them that is none of it.
fn rim(plane: &Plane<u32>, id: u32) -> Vec<Pixel> {
    let is_other = |row: usize, col: usize| plane[(row, col)] != id;
    let (height, width) = plane.size();
    let mut rim = pixels_where(plane, |&other| other == id);
    rim.retain(|&(row, col)| {
        row > 0 && is_other(row - 1, col)
            || col > 0 && is_other(row, col - 1)
            || row + 1 < height && is_other(row + 1, col)
            || col + 1 < width && is_other(row, col + 1)
    });
    rim
}

fn delete(masks: &mut Corrected, cell: Anchor) -> Option<()> {
    let id = masks.cell_at(cell)?;
    let segmentation = &mut masks.segmentation;
    for mask in [&mut segmentation.nuclei_mask, &mut segmentation.cell_mask] {
        replace(mask.computed_mut(), id, 0);
    }
    masks.gone.insert(id);
    Some(())
}

/// Gives all pixels of the id `from` the id `to`, in pieces that lie far apart, too.
fn replace(plane: &mut Plane<u32>, from: u32, to: u32) {
    const BLOCK: usize = 1 << 10;
    plane.samples_mut().par_chunks_mut(BLOCK).with_min_len(64).for_each(|pixels| {
        // Counting looks at many pixels at a time, and most blocks have none of it.
        if pixels.iter().filter(|id| **id == from).count() > 0 {
            pixels.iter_mut().filter(|id| **id == from).for_each(|id| *id = to);
        }
    });
}

fn draw(masks: &mut Corrected, part: Part, shape: &Shape) -> Option<()> {
    let patch = Patch::of(shape, &masks.segmentation.cell_mask)?;
    let (rows, cols) = patch.bounds();
    let touched = masks.cells_under(&patch);
    let mut piece = Piece::around(masks, rows, cols, &touched);
    match part {
        Part::Cell => draw_cell(masks, &mut piece, &patch)?,
        Part::Nucleus => draw_nucleus(masks, &mut piece, &patch, &touched)?,
    }
    masks.put_back(piece, &touched);
    Some(())
}

fn draw_cell(masks: &mut Corrected, piece: &mut Piece, patch: &Patch) -> Option<()> {
    let around = mostly_inside(piece, patch);
    let mut drawn = piece.where_is(|_| false);
    for pixel in piece.covered(patch) {
        drawn[pixel] = [0, around.unwrap_or(0)].contains(&piece.nuclei[pixel]);
    }
    let mut drawn = largest_region(&drawn, Connectivity::Eight);
    if drawn.is_empty() {
        return None;
    }
    if let Some(id) = around {
        // What of the nucleus lies outside stays in the cell.
        drawn.extend(piece.nucleus(id));
        for pixel in pixels_where(&piece.cells, |&other| other == id) {
            piece.cells[pixel] = 0;
        }
    }
    let id = around.unwrap_or_else(|| masks.next_id());
    for &pixel in &drawn {
        piece.cells[pixel] = id;
    }
    piece.ensure_nucleus(id);
    Some(())
}

/// The nucleus with more than half of its pixels under a patch; of several the one with most there.
fn mostly_inside(piece: &Piece, patch: &Patch) -> Option<u32> {
    let mut under: Vec<u32> = piece.covered(patch).map(|pixel| piece.nuclei[pixel]).filter(|&id| id > 0).collect();
    under.sort_unstable();
    let nuclei = under.chunk_by(PartialEq::eq).map(|pixels| (pixels[0], pixels.len()));
    let mostly = nuclei.filter(|&(id, inside)| 2 * inside > piece.nucleus(id).len());
    mostly.max_by_key(|&(id, inside)| (inside, Reverse(id))).map(|(id, _)| id)
}

fn draw_nucleus(masks: &mut Corrected, piece: &mut Piece, patch: &Patch, touched: &BTreeSet<u32>) -> Option<()> {
    let mut drawn = piece.where_is(|_| false);
    for pixel in piece.covered(patch) {
        drawn[pixel] = piece.nuclei[pixel] == 0;
    }
    let drawn = largest_region(&drawn, Connectivity::Eight);
    if drawn.is_empty() {
        return None;
    }
    let mut ground = piece.where_is(|pixel| touched.contains(&piece.cells[pixel]));
    for &pixel in &drawn {
        ground[pixel] = true;
    }
    let others = pixels_where(&piece.nuclei, |id| *id > 0 && touched.contains(id));
    let id = masks.next_id();
    for pixel in nearer_to(&drawn, &others, &ground) {
        piece.cells[pixel] = id;
    }
    for pixel in drawn {
        piece.nuclei[pixel] = id;
    }
    piece.keep_whole(id);
    Some(())
}

fn erase(masks: &mut Corrected, part: Part, cells: &[Anchor], stroke: &Stroke) -> Option<()> {
    let named: BTreeSet<u32> = cells.iter().filter_map(|&cell| masks.cell_at(cell)).collect();
    if named.is_empty() {
        return None;
    }
    let patch = Patch::of_stroke(stroke, &masks.segmentation.cell_mask)?;
    let touched: BTreeSet<u32> = masks.cells_under(&patch).intersection(&named).copied().collect();
    let (rows, cols) = patch.bounds();
    let mut piece = Piece::around(masks, rows, cols, &touched);
    let with_nucleus: Vec<u32> = touched.iter().copied().filter(|&id| piece.has_nucleus(id)).collect();
    let erased: Vec<Pixel> = piece.covered(&patch).filter(|&pixel| touched.contains(&piece.cells[pixel])).collect();
    for pixel in erased {
        match part {
            Part::Cell => piece.give(pixel, 0),
            Part::Nucleus => piece.nuclei[pixel] = 0,
        }
    }
    for id in with_nucleus {
        if !piece.has_nucleus(id) {
            piece.remove(id);
        }
    }
    masks.put_back(piece, &touched);
    Some(())
}

fn grow(masks: &mut Corrected, part: Part, cell: Anchor, stroke: &Stroke) -> Option<()> {
    let id = masks.cell_at(cell)?;
    let patch = Patch::of_stroke(stroke, &masks.segmentation.cell_mask)?;
    let mut touched = masks.cells_under(&patch);
    touched.insert(id);
    let place = masks.computed(cell)?;
    let (rows, cols) = patch.bounds();
    let rows = rows.start.min(place.0)..rows.end.max(place.0 + 1);
    let cols = cols.start.min(place.1)..cols.end.max(place.1 + 1);
    let mut piece = Piece::around(masks, rows, cols, &touched);
    let grown = match part {
        Part::Cell => &piece.cells,
        Part::Nucleus => &piece.nuclei,
    };
    let swallowed = if part == Part::Nucleus { swallowed(&piece, &patch, id) } else { BTreeSet::new() };
    let mut ground = piece.where_is(|pixel| grown[pixel] == id);
    for pixel in piece.covered(&patch) {
        let nucleus = piece.nuclei[pixel];
        ground[pixel] |= match part {
            Part::Cell => nucleus == 0 || nucleus == id,
            Part::Nucleus => !swallowed.contains(&nucleus),
        };
    }
    let regions = number_regions(&ground, Connectivity::Eight);
    let own: BTreeSet<u32> =
        pixels_where(grown, |&other| other == id).into_iter().map(|pixel| regions[pixel]).collect();
    for pixel in pixels_where(&regions, |number| *number > 0 && own.contains(number)) {
        piece.give(pixel, id);
        if part == Part::Nucleus {
            piece.nuclei[pixel] = id;
        }
    }
    masks.put_back(piece, &touched);
    Some(())
}

/// The nuclei other than `id` that lie under a patch with every pixel.
fn swallowed(piece: &Piece, patch: &Patch, id: u32) -> BTreeSet<u32> {
    let mut under: Vec<u32> = piece.covered(patch).map(|pixel| piece.nuclei[pixel]).collect();
    under.sort_unstable();
    let others = under.chunk_by(PartialEq::eq).filter(|pixels| ![0, id].contains(&pixels[0]));
    others.filter(|pixels| piece.nucleus(pixels[0]).len() == pixels.len()).map(|pixels| pixels[0]).collect()
}
