//! The steps from one cell of an image to its features and what they tell.

use super::{Fact, Figure, Step, evidence::LocationRule, evidence::evidence, pictures, short_number};
use crate::{
    atlas::{Channel, Field},
    imaging::Plane,
    pipeline::{
        composite::{CompositeParams, Tones},
        features::{
            Cell, FEATURE_COUNT, MeasuredField,
            anatomy::{Anatomy, Counted, Part, Piece, RINGS, SLICES, SPECKLE_QUANTILE},
            feature_in_words, feature_names,
        },
        region_colours::colour_of_cell,
        segmentation::Segmentation,
    },
};

/// Rings from the edge inwards.
const RING_COLOURS: [[u8; 3]; RINGS] = [[255, 200, 60], [240, 110, 80], [200, 80, 190], [90, 130, 255]];
/// The cell without its nucleus.
const CELL: [u8; 3] = [110, 110, 110];
/// Its nucleus.
const NUCLEUS: [u8; 3] = [120, 190, 255];

/// A cell of an image.
#[derive(Clone, Copy, Debug)]
pub struct CellInQuestion<'a> {
    /// The image.
    pub field: &'a Field,
    /// Its cells.
    pub masks: &'a Segmentation,
    /// What was measured of them.
    pub measured: &'a MeasuredField,
    /// The cell.
    pub id: u32,
    /// The rules of the locations in question; none: nothing is learnt.
    pub rules: &'a [LocationRule],
}

/// The steps from a cell to what its features tell. Some 10 ms; one step that says why if it could not be measured.
#[must_use]
pub fn steps_of_cell(question: CellInQuestion) -> Vec<Step> {
    let CellInQuestion { field, masks, measured, id, rules } = question;
    let cell = measured.cells.iter().find(|cell| cell.id == id);
    let Some((cell, anatomy)) = cell.zip(Anatomy::of(field, masks, id)) else {
        let reason = measured.unmeasured.iter().find(|cell| cell.id == id).map(|cell| cell.reason.to_string());
        let sentence = reason.unwrap_or_else(|| "there is no such cell".to_owned());
        return vec![Step { title: format!("Cell {id} is not measured"), sentence, ..Step::default() }];
    };
    vec![
        cut_out(field, &anatomy),
        shapes(&anatomy),
        rings(&anatomy),
        slices(&anatomy),
        speckles(&anatomy),
        numbers(cell),
        Step {
            title: "What tells its locations apart".to_owned(),
            sentence: standing_in_words(rules).to_owned(),
            evidence: evidence(measured, cell, rules),
            ..Step::default()
        },
    ]
}

fn standing_in_words(rules: &[LocationRule]) -> &'static str {
    if rules.is_empty() {
        return "Where this cell stands among those of its image, in standard deviations from their mean.";
    }
    "A rule for each location weighs the features; here are those that weigh most, with where this cell stands in them among \
     those of its image, in standard deviations from their mean. What is above the mean speaks for the location where the \
     weight is above 0, and against it where it is below; what is below the mean the other way round."
}

fn cut_out(field: &Field, anatomy: &Anatomy) -> Step {
    let (height, width) = anatomy.stains[0].size();
    let tones = Tones::of(field, &pictures::automatic(CompositeParams::default()));
    let alone = Field::new(anatomy.stains.clone());
    let in_colour = alone.map_or_else(|_| Plane::filled(height, width, [0; 3]), |alone| tones.draw(&alone));
    Step {
        title: "Cut out".to_owned(),
        sentence: format!(
            "The cell alone on black, in a square of {width} × {height} pixels, as its features see it: nothing around it \
             has a say. A cell that is longer than 200 pixels is shrunk to that."
        ),
        figures: vec![
            Figure::new("colour", "the cell", pictures::magnified(&in_colour)),
            Figure::new("protein", "its protein", pictures::magnified(&pictures::grey(&brightened(anatomy)))),
        ],
        ..Step::default()
    }
}

fn shapes(anatomy: &Anatomy) -> Step {
    let (cell, nucleus) = (&anatomy.cell.pieces, &anatomy.nucleus.pieces);
    let drawn = Plane::from_fn(cell.height(), cell.width(), |row, col| {
        match (cell[(row, col)].is_some(), nucleus[(row, col)].is_some()) {
            (_, true) => NUCLEUS,
            (true, false) => CELL,
            (false, false) => [0; 3],
        }
    });
    let area = |part: &Plane<Option<Piece>>| part.samples().iter().flatten().count();
    Step {
        title: "Cell, nucleus and the rest".to_owned(),
        sentence: format!(
            "All is counted in three regions: the whole cell ({} pixels), its nucleus ({} pixels, in blue), and the cell \
             without its nucleus.",
            area(cell),
            area(nucleus)
        ),
        figures: vec![Figure::new("shapes", "cell and nucleus", pictures::magnified(&drawn))],
        ..Step::default()
    }
}

fn rings(anatomy: &Anatomy) -> Step {
    let colour = |piece: Piece| piece.ring.map_or([128; 3], |ring| RING_COLOURS[ring]);
    let name = |at: usize| match at {
        0 => "ring 1, at the edge".to_owned(),
        at if at + 1 == RINGS => format!("ring {RINGS}, in the middle"),
        at => format!("ring {}", at + 1),
    };
    Step {
        title: "Rings".to_owned(),
        sentence: format!(
            "{RINGS} rings of one width, from the edge to the pixel deepest inside, of the cell and of its nucleus. Each \
             is summed up by itself; how far the rings differ tells the rim from the middle. Where a shape touches the \
             border of the square, that is no edge. Mean of the protein in each:"
        ),
        figures: cell_and_nucleus(anatomy, colour),
        facts: facts(&anatomy.cell.rings, &anatomy.nucleus.rings, name),
        ..Step::default()
    }
}

fn slices(anatomy: &Anatomy) -> Step {
    // Its first eight colours go once round the circle.
    let colour = |piece: Piece| colour_of_cell(piece.slice as u32 + 1, true).unwrap_or_default();
    Step {
        title: "Slices".to_owned(),
        sentence: format!(
            "{SLICES} slices around the pixel deepest inside, of the cell and of its nucleus. How far they differ tells \
             what lies on one side from what lies all around. Mean of the protein in each:"
        ),
        figures: cell_and_nucleus(anatomy, colour),
        facts: facts(&anatomy.cell.slices, &anatomy.nucleus.slices, |at| format!("slice {}", at + 1)),
        ..Step::default()
    }
}

fn speckles(anatomy: &Anatomy) -> Step {
    let protein = brightened(anatomy);
    let drawn = Plane::from_fn(protein.height(), protein.width(), |row, col| {
        colour_of_cell(anatomy.speckles[(row, col)], true).unwrap_or([protein[(row, col)] / 3; 3])
    });
    let count = anatomy.speckle_count;
    Step {
        title: "Speckles".to_owned(),
        sentence: format!(
            "The connected pieces of what is brighter than level {} of 255, the brightest {:.0} % of the protein's pixels \
             in this cell. Here {count}; their number, their sizes and where they lie tell dots from what is spread out.",
            anatomy.brightest_below,
            100.0 * (1.0 - SPECKLE_QUANTILE)
        ),
        figures: vec![
            Figure::new("protein", "protein", pictures::magnified(&pictures::grey(&protein))),
            Figure::new("speckles", "each speckle in a colour", pictures::magnified(&drawn)),
        ],
        ..Step::default()
    }
}

fn numbers(cell: &Cell) -> Step {
    let names = feature_names();
    let of_mean = names.iter().zip(&cell.features).filter(|(name, _)| name.ends_with(".mean_pr"));
    let fact = |(name, &value): (&String, &f32)| Fact { words: feature_in_words(name), value: short_number(value) };
    Step {
        title: format!("{FEATURE_COUNT} numbers"),
        sentence:
            "54 numbers sum up a region: levels, quantiles and correlations of the stains, and speckles. They are \
                   taken of the cell, its nucleus and the rest, and seven times as a ratio that says where in the cell \
                   something is. One of them, the mean of the protein, in its ten forms:"
                .to_owned(),
        facts: of_mean.map(fact).collect(),
        ..Step::default()
    }
}

/// The pieces of the cell and of its nucleus in colours, lit by the protein.
fn cell_and_nucleus(anatomy: &Anatomy, colour: impl Fn(Piece) -> [u8; 3]) -> Vec<Figure> {
    let protein = brightened(anatomy);
    let drawn = |part: &Part| {
        let lit = Plane::from_fn(protein.height(), protein.width(), |row, col| {
            // Never so dark that the colour cannot be told.
            let light = 110 + u32::from(protein[(row, col)]) * 145 / 255;
            let lit = |sample: u8| (u32::from(sample) * light / 255) as u8;
            part.pieces[(row, col)].map_or([protein[(row, col)] / 3; 3], |piece| colour(piece).map(lit))
        });
        pictures::magnified(&lit)
    };
    vec![
        Figure::new("cell", "of the cell", drawn(&anatomy.cell)),
        Figure::new("nucleus", "of the nucleus", drawn(&anatomy.nucleus)),
    ]
}

fn facts<const N: usize>(
    of_cell: &[Counted; N],
    of_nucleus: &[Counted; N],
    name: impl Fn(usize) -> String,
) -> Vec<Fact> {
    let mean = |counted: &Counted| counted.mean_protein.map_or_else(|| "none".to_owned(), |mean| format!("{mean:.3}"));
    let value = |at: usize| {
        let (cell, nucleus) = (&of_cell[at], &of_nucleus[at]);
        format!("cell {} ({} px), nucleus {} ({} px)", mean(cell), cell.pixels, mean(nucleus), nucleus.pixels)
    };
    (0..N).map(|at| Fact { words: name(at), value: value(at) }).collect()
}

/// The protein with its brightest pixel white.
fn brightened(anatomy: &Anatomy) -> Plane<u8> {
    let protein = &anatomy.stains[Channel::Protein.index()];
    let brightest = u32::from(protein.largest().max(1));
    protein.map(|&level| (u32::from(level) * 255 / brightest) as u8)
}
