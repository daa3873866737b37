//! The program's icon: a cell with its nucleus, drawn here so that it is sharp at any size.

use egui::IconData;

/// The icon with this many pixels a side.
pub fn icon(side: u32) -> IconData {
    let pixels = (0..side * side).flat_map(|at| {
        let place = |at: u32| (at as f32 + 0.5) / side as f32 - 0.5;
        pixel(place(at % side), place(at / side), 1.0 / side as f32)
    });
    IconData { rgba: pixels.collect(), width: side, height: side }
}

/// The colour at (x, y), both from -0.5 to 0.5; edges are as soft as `step`.
fn pixel(x: f32, y: f32, step: f32) -> [u8; 4] {
    let cover = |outside: f32| (0.5 - outside / step).clamp(0.0, 1.0);
    let ellipse = |cx: f32, cy: f32, rx: f32, ry: f32| (((x - cx) / rx).hypot((y - cy) / ry) - 1.0) * rx.min(ry);
    // A dark square with round corners.
    let corner = 0.12;
    let beyond = |at: f32| (at.abs() - (0.48 - corner)).max(0.0);
    let square = beyond(x).hypot(beyond(y)) - corner;
    // A cell with a wavy border.
    let angle = y.atan2(x);
    let radius = 0.34 + 0.03 * (3.0 * angle + 0.6).sin() + 0.015 * (5.0 * angle).cos();
    let cell = x.hypot(y) - radius;
    let layers = [
        (square, [16, 22, 30]),
        (cell, [150, 40, 60]),
        (cell + 0.035, [70, 24, 40]),
        (ellipse(-0.04, 0.03, 0.17, 0.14), [90, 150, 255]),
        (ellipse(-0.04, 0.03, 0.145, 0.115), [40, 80, 190]),
        (ellipse(0.17, -0.10, 0.035, 0.035), [90, 230, 120]),
        (ellipse(0.10, -0.19, 0.025, 0.025), [90, 230, 120]),
        (ellipse(-0.20, -0.14, 0.03, 0.03), [90, 230, 120]),
        (ellipse(0.14, 0.18, 0.028, 0.028), [90, 230, 120]),
    ];
    let mut colour = [0.0; 3];
    for (outside, of_layer) in layers {
        for (sample, level) in colour.iter_mut().zip(of_layer) {
            *sample += cover(outside) * (f32::from(level as u8) - *sample);
        }
    }
    let [r, g, b] = colour.map(|sample| sample.round() as u8);
    [r, g, b, (255.0 * cover(square)).round() as u8]
}
