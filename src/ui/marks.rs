//! How standings of cells are marked in plots: a shape and a colour each, so that all eyes tell them apart.

use egui::{Color32, Mesh, Painter, Pos2, Sense, Shape, Ui, pos2, vec2};

use super::cell_states;
use crate::{project::labels::Verdict, workbench::standing::Standing};

/// The colour of a standing, as cells on the canvas have it.
pub fn colour(standing: Standing, is_dark: bool) -> Color32 {
    let of = |standing: cell_states::Standing| {
        let [r, g, b] = standing.colour();
        Color32::from_rgb(r, g, b)
    };
    let colour = match standing {
        Standing::InImage => of(cell_states::Standing::Inherited(true)),
        Standing::NotInImage => of(cell_states::Standing::Inherited(false)),
        Standing::Yes => of(cell_states::Standing::Decided(Verdict::Yes)),
        Standing::No => of(cell_states::Standing::Decided(Verdict::No)),
        Standing::Unclear => Color32::from_rgb(190, 170, 90),
        Standing::LeftOut => of(cell_states::Standing::Excluded),
    };
    // On white paler colours would be lost.
    if is_dark { colour } else { colour.lerp_to_gamma(Color32::BLACK, 0.3) }
}

/// The mark of a standing at `at` as triangles: yes points up, no is a cross, unclear a bar; what images say is a square
/// or a small dot, and what is left out a thin stroke.
pub fn add(mesh: &mut Mesh, standing: Standing, at: Pos2, colour: Color32) {
    let corner = |x: f32, y: f32| pos2(at.x + x, at.y + y);
    match standing {
        Standing::Yes => polygon(mesh, &[corner(0.0, -5.0), corner(4.6, 3.4), corner(-4.6, 3.4)], colour),
        Standing::No => {
            polygon(mesh, &[corner(-3.9, -2.6), corner(-2.6, -3.9), corner(3.9, 2.6), corner(2.6, 3.9)], colour);
            polygon(mesh, &[corner(-3.9, 2.6), corner(2.6, -3.9), corner(3.9, -2.6), corner(-2.6, 3.9)], colour);
        }
        Standing::Unclear => {
            polygon(mesh, &[corner(-4.5, -1.2), corner(4.5, -1.2), corner(4.5, 1.2), corner(-4.5, 1.2)], colour);
        }
        Standing::InImage => {
            polygon(mesh, &[corner(-2.4, -2.4), corner(2.4, -2.4), corner(2.4, 2.4), corner(-2.4, 2.4)], colour);
        }
        Standing::NotInImage => {
            polygon(mesh, &[corner(0.0, -1.9), corner(1.9, 0.0), corner(0.0, 1.9), corner(-1.9, 0.0)], colour);
        }
        Standing::LeftOut => {
            polygon(mesh, &[corner(-0.6, -4.0), corner(0.6, -4.0), corner(0.6, 4.0), corner(-0.6, 4.0)], colour);
        }
    }
}

fn polygon(mesh: &mut Mesh, corners: &[Pos2], colour: Color32) {
    let first = mesh.vertices.len() as u32;
    for &corner in corners {
        mesh.colored_vertex(corner, colour);
    }
    for last in 2..corners.len() as u32 {
        mesh.add_triangle(first, first + last - 1, first + last);
    }
}

/// A mark with words beside it.
pub fn legend_ui(ui: &mut Ui, standing: Standing, words: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(12.0, ui.spacing().interact_size.y * 0.8), Sense::hover());
    draw(ui.painter(), standing, rect.center(), colour(standing, ui.visuals().dark_mode));
    ui.label(words);
}

/// Draws one mark.
pub fn draw(painter: &Painter, standing: Standing, at: Pos2, colour: Color32) {
    let mut mesh = Mesh::default();
    add(&mut mesh, standing, at, colour);
    painter.add(Shape::mesh(mesh));
}
