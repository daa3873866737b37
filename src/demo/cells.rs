//! The cells of a field before they meet: where they stand, and the outlines they would have alone.

use super::{
    chance::Chance,
    outline::Outline,
    paint::Point,
    params::{Crowding, DemoParams},
};

/// One cell.
pub struct Cell {
    /// Outline of the nucleus.
    pub nucleus: Outline,
    /// Outline of the cell.
    pub body: Outline,
    /// Whether it is in division: its nucleus is a plate of chromosomes.
    pub mitotic: bool,
    /// Where its microtubules start: in the cytoplasm beside the nucleus.
    pub centrosome: Point,
    /// How bright it is stained.
    pub brightness: f32,
    /// Over which distance from the nucleus it becomes flat.
    pub flattening: f32,
}

/// Share of the nuclei of a crowded field that are clearly lobed: what tells one lobed nucleus from two that touch is
/// wanted most where many touch.
const LOBED_SHARE: f32 = 0.18;

/// What all cells of a field have in common.
struct CellLine {
    count: usize,
    /// Share of nuclei that are clearly lobed.
    lobed: f32,
    nucleus_px: f32,
    cell_px: f32,
    elongation: f32,
    /// Share of the pointed ends there could be.
    pointed: f32,
    flattening: f32,
    /// Distance of two nuclei that just touch.
    touching_px: f32,
    /// Distance that most cells keep.
    apart_px: f32,
}

impl CellLine {
    fn new(params: &DemoParams, chance: &mut Chance) -> Self {
        let side = params.side_px as f32;
        let crowding = match params.crowding {
            Crowding::Mixed => match chance.whole(0..20) {
                0..3 => Crowding::Sparse,
                3..6 => Crowding::Crowded,
                _ => Crowding::Typical,
            },
            chosen => chosen,
        };
        let count = match crowding {
            Crowding::Sparse => chance.whole(4..10),
            Crowding::Typical | Crowding::Mixed => chance.whole(11..25),
            Crowding::Crowded => chance.whole(28..46),
        };
        let nucleus_px = chance.within(0.20..0.25) * side / (count.max(12) as f32).sqrt();
        let touching_px = nucleus_px * if crowding == Crowding::Crowded { 1.75 } else { 2.05 };
        Self {
            count,
            lobed: if crowding == Crowding::Crowded { LOBED_SHARE } else { 0.0 },
            nucleus_px,
            cell_px: nucleus_px * chance.within(1.65..2.6),
            elongation: chance.within(1.1..2.0),
            pointed: chance.share(),
            flattening: chance.within(60.0..200.0),
            touching_px,
            apart_px: touching_px.max(chance.within(0.45..0.75) * side / (count as f32).sqrt()),
        }
    }

    /// Places that keep their distance; some lie just outside the field.
    fn centres(&self, side: f32, chance: &mut Chance) -> Vec<Point> {
        let mut centres: Vec<Point> = Vec::new();
        for _ in 0..60 * self.count {
            let place = (chance.within(-0.03..1.03) * side, chance.within(-0.03..1.03) * side);
            // One cell in eight may stand closer than the rest.
            let apart = if chance.happens(0.125) { 0.85 * self.touching_px } else { self.apart_px };
            let far = |other: &Point| {
                let (down, right) = (other.0 - place.0, other.1 - place.1);
                down * down + right * right > apart * apart
            };
            if centres.len() < self.count && centres.iter().all(far) {
                centres.push(place);
            }
        }
        centres
    }

    fn cell(&self, centre: Point, mitotic: bool, chance: &mut Chance) -> Cell {
        let (nucleus, body) =
            if mitotic { self.mitotic_outlines(centre, chance) } else { self.outlines(centre, chance) };
        Cell {
            centrosome: centre,
            brightness: chance.factor(0.3) * if mitotic { 1.3 } else { 1.0 },
            flattening: if mitotic { 400.0 } else { self.flattening * chance.factor(0.25) },
            nucleus,
            body,
            mitotic,
        }
    }

    /// Nucleus and body between divisions.
    fn outlines(&self, centre: Point, chance: &mut Chance) -> (Outline, Outline) {
        // Some have bulges.
        let bulging = if chance.happens(0.2) { 0.12 } else { 0.03 };
        let (size, elongation) = (chance.within(0.85..1.18), 1.0 + (0.3 * chance.normal()).abs());
        let nucleus = Outline::new(centre, size * self.nucleus_px, elongation, bulging, chance);
        let offset = 0.16 * self.cell_px;
        let middle = (centre.0 + offset * chance.normal(), centre.1 + offset * chance.normal());
        let size = chance.within(0.8..1.25);
        let stretch = 1.0 + (self.elongation - 1.0) * chance.within(0.2..1.6);
        let spikes = (0..3).filter(|_| chance.happens(self.pointed)).count();
        let mut body = Outline::new(middle, size * self.cell_px, stretch, 0.085, chance).with_spikes(spikes, chance);
        if chance.happens(0.8) {
            body.direction = nucleus.direction;
        }
        (nucleus, body)
    }

    /// A bean, or two or three lobes of one piece, in place of `nucleus`.
    fn lobed(&self, nucleus: &Outline, chance: &mut Chance) -> Outline {
        let (lobes, size) = (chance.share(), chance.within(0.95..1.18));
        let (elongation, depths) = if lobes < 0.4 {
            (1.3..1.8, vec![chance.within(0.55..0.75)])
        } else if lobes < 0.75 {
            (1.4..1.9, vec![chance.within(0.42..0.58), chance.within(0.32..0.5)])
        } else {
            (1.0..1.2, (0..3).map(|_| chance.within(0.38..0.56)).collect())
        };
        let elongation = chance.within(elongation);
        let mut outline = Outline::new(nucleus.centre, size * self.nucleus_px, elongation, 0.03, chance);
        outline.direction = nucleus.direction;
        outline.with_notches(&depths, chance)
    }

    /// A plate of chromosomes in a round body.
    fn mitotic_outlines(&self, centre: Point, chance: &mut Chance) -> (Outline, Outline) {
        let size = 0.68 * chance.within(0.85..1.18);
        let plate = Outline::new(centre, size * self.nucleus_px, chance.within(2.6..3.4), 0.026, chance);
        let size = 0.75 * chance.within(0.8..1.25);
        let body = Outline::new(centre, size * self.cell_px.min(2.0 * self.nucleus_px), 1.08, 0.02, chance);
        (plate, body)
    }
}

/// The cells of a field, `mitotic_share` of them in division, none yet clipped by another.
pub fn cells(params: &DemoParams, mitotic_share: f32, chance: &mut Chance) -> Vec<Cell> {
    let line = CellLine::new(params, chance);
    let centres = line.centres(params.side_px as f32, chance);
    let cells = centres.into_iter().map(|centre| {
        let mut chance = chance.fork();
        // Chance of its own, so that all else about a cell is the same whether its nucleus is lobed or not.
        let mut lobes = chance.clone().fork();
        let mitotic = chance.happens(mitotic_share);
        let mut cell = line.cell(centre, mitotic, &mut chance);
        if !mitotic && lobes.happens(line.lobed) {
            cell.nucleus = line.lobed(&cell.nucleus, &mut lobes);
        }
        cell
    });
    cells.collect()
}
