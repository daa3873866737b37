//! A number that can be set: name, slider, number and unit, in words what more and less of it does, and the way back.

use egui::{DragValue, Pos2, Response, RichText, Role, Sense, Shape, Slider, Stroke, Ui, Vec2, WidgetInfo};

use crate::pipeline::parameter::Parameter;

/// Shows `value` with a slider; returns whether it was changed. A small arrow brings back `usual`.
pub fn parameter_ui(ui: &mut Ui, parameter: &Parameter, value: &mut f64, usual: f64, scale: Scale) -> bool {
    let before = *value;
    let name = capitalised(parameter.name);
    let hover = parameter.hover.to_owned();
    ui.horizontal(|ui| {
        let label = ui.add(egui::Label::new(&name).sense(egui::Sense::click())).on_hover_text(&hover);
        if label.double_clicked() {
            *value = usual;
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let is_usual = value.to_bits() == usual.to_bits();
            if reset_ui(ui, &format!("Reset {}", parameter.name), !is_usual)
                .on_hover_text(format!("Back to {usual}"))
                .clicked()
            {
                *value = usual;
            }
            if !parameter.unit.is_empty() {
                ui.label(RichText::new(parameter.unit).weak().size(11.0));
            }
            let range = parameter.range.clone();
            let mut number = DragValue::new(value).range(range).speed(scale.speed).max_decimals(scale.decimals);
            if scale.decimals == 0 {
                number = number.fixed_decimals(0);
            }
            let number = ui.add(number);
            number.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, format!("{name} number")));
        });
    });
    let width = ui.available_width();
    ui.spacing_mut().slider_width = width - 4.0;
    let top = scale.slider_to.unwrap_or(*parameter.range.end());
    let slider = Slider::new(value, *parameter.range.start()..=top.max(before)).show_value(false);
    let slider = if scale.is_logarithmic { slider.logarithmic(true) } else { slider };
    let slider = if scale.decimals == 0 { slider.integer() } else { slider };
    let slider = ui.add(slider).on_hover_text(hover);
    slider.widget_info(|| egui::WidgetInfo::slider(true, *value, &name));
    before.to_bits() != value.to_bits()
}

/// `name` as it stands where a line begins.
pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A small button with an arrow that runs back around a circle.
fn reset_ui(ui: &mut Ui, name: &str, is_enabled: bool) -> Response {
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (place, response) = ui.allocate_exact_size(Vec2::splat(14.0), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, name));
    let visuals = ui.visuals();
    let colour = match (is_enabled, response.hovered()) {
        (false, _) => visuals.widgets.noninteractive.bg_stroke.color,
        (true, false) => visuals.text_color(),
        (true, true) => visuals.strong_text_color(),
    };
    let at = |degrees: f32, radius: f32| place.center() + radius * Vec2::angled(degrees.to_radians());
    let arc: Vec<Pos2> = (0..=14).map(|step| at(-150.0 + 20.0 * step as f32, 4.5)).collect();
    ui.painter().add(Shape::line(arc, Stroke::new(1.3, colour)));
    let head = vec![at(-150.0, 1.8), at(-150.0, 7.2), at(-195.0, 5.0)];
    ui.painter().add(Shape::convex_polygon(head, colour, Stroke::NONE));
    response
}

/// How a number moves under the hand.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Change of the number for each point that it is dragged.
    pub speed: f64,
    /// Digits after the point.
    pub decimals: usize,
    /// Whether the slider is finer near its lower end.
    pub is_logarithmic: bool,
    /// Where the slider ends, if that is below the end of the range.
    pub slider_to: Option<f64>,
}

impl Scale {
    /// A number of 0 to 1.
    pub const SHARE: Self = Self { speed: 0.002, decimals: 4, is_logarithmic: false, slider_to: None };
    /// A whole number.
    pub const WHOLE: Self = Self { speed: 1.0, decimals: 0, is_logarithmic: false, slider_to: None };
    /// A factor around 1.
    pub const FACTOR: Self = Self { speed: 0.01, decimals: 2, is_logarithmic: true, slider_to: None };
}
